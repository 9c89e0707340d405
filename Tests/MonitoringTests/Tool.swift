import Foundation
import Synchronization
import TestSupport

/// Debian's programs around Prometheus.
enum Tool {
    /// Runs a program to its end, one of Debian's by its name or any by its path. No thread waits for it.
    static func run(_ name: String, _ arguments: [String], in folder: URL? = nil) async throws -> (status: Int32, output: String)
    {
        let file = FileManager.default.temporaryDirectory.appending(path: "tool-\(UUID().uuidString)")
        try Data().write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let process = try make(name, arguments, in: folder, output: try FileHandle(forWritingTo: file))
        let ended = Mutex(false)
        process.terminationHandler = { _ in ended.withLock { $0 = true } }
        try process.run()
        try await eventually(within: .seconds(600), "\(name) ends") { ended.withLock { $0 } }
        return (process.terminationStatus, try String(contentsOf: file, encoding: .utf8))
    }

    static func make(_ name: String, _ arguments: [String], in folder: URL?, output: FileHandle) throws -> Process {
        let process = Process()
        process.executableURL = URL(filePath: try path(name))
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        return process
    }

    private static func path(_ name: String) throws -> String {
        if name.hasPrefix("/") { return name }
        for folder in ["/usr/bin", "/usr/local/bin"] where FileManager.default.isExecutableFile(atPath: "\(folder)/\(name)") {
            return "\(folder)/\(name)"
        }
        throw Missing(description: "\(name) is not installed (Debian: apt-get install --no-install-recommends prometheus)")
    }

    struct Missing: Error, CustomStringConvertible {
        let description: String
    }
}
