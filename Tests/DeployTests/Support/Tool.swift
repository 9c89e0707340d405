import Foundation
import TestSupport

/// One run of a command, with what it printed.
struct Tool {
    let status: Int32
    let output: String
    let errors: String

    /// Runs a command to its end.
    ///
    /// - Parameters:
    ///   - command: a path, or a name that is looked for where system tools are.
    ///   - input: what it reads on standard input.
    ///   - environment: the whole of its environment beside `PATH` and `HOME`.
    static func run(
        _ command: String, _ arguments: [String] = [], input: String = "", environment: [String: String] = [:],
        in folder: URL = URL(filePath: "/")
    ) async throws -> Tool {
        let streams = FileManager.default.temporaryDirectory.appending(path: "deploy-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: streams, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: streams) }
        let files = ["in", "out", "err"].map { streams.appending(path: $0) }
        try Data(input.utf8).write(to: files[0])
        for file in files[1...] { try Data().write(to: file) }

        let process = Process()
        process.executableURL = URL(filePath: command.hasPrefix("/") ? command : "/usr/bin/env")
        process.arguments = command.hasPrefix("/") ? arguments : [command] + arguments
        process.environment = [
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": streams.path(), "LC_ALL": "C.UTF-8",
        ].merging(environment) { $1 }
        process.currentDirectoryURL = folder
        process.standardInput = try FileHandle(forReadingFrom: files[0])
        process.standardOutput = try FileHandle(forWritingTo: files[1])
        process.standardError = try FileHandle(forWritingTo: files[2])
        let status = try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Int32, any Error>) in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do {
                try process.run()
            } catch {
                process.terminationHandler = nil
                continuation.resume(throwing: error)
            }
        }
        let texts = try files[1...].map { String(decoding: try Data(contentsOf: $0), as: UTF8.self) }
        return Tool(status: status, output: texts[0], errors: texts[1])
    }

    /// As `run`, for a command that has to end well.
    static func output(
        _ command: String, _ arguments: [String] = [], input: String = "", environment: [String: String] = [:],
        in folder: URL = URL(filePath: "/")
    ) async throws -> String {
        let run = try await run(command, arguments, input: input, environment: environment, in: folder)
        guard run.status == 0 else {
            let words = (run.errors + run.output).suffix(2000)
            throw Failed(description: "\(command) \(arguments.joined(separator: " ")) ended with \(run.status): \(words)")
        }
        return run.output
    }

    struct Failed: Error, CustomStringConvertible {
        let description: String
    }
}
