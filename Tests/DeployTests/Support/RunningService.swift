import Foundation
import TestSupport

/// A long-running program, started as a container or a unit would start it; killed with the test.
final class RunningService {
    private let process = Process()
    private let log: URL

    init(_ executable: String, _ arguments: [String], environment: [String: String], in folder: ScratchFolder) throws {
        log = folder.url.appending(path: "log-\(UUID().uuidString)")
        try Data().write(to: log)
        process.executableURL = URL(filePath: executable)
        process.arguments = arguments
        process.environment = ["PATH": "/usr/bin:/bin", "HOME": "/nonexistent"].merging(environment) { $1 }
        process.currentDirectoryURL = folder.url
        process.standardInput = FileHandle.nullDevice
        let output = try FileHandle(forWritingTo: log)
        (process.standardOutput, process.standardError) = (output, output)
        try process.run()
    }

    deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

    /// The port that a program has beside that of its health page is any free one: here it has no machine to itself.
    static func takeFreePorts(_ program: String, _ variables: inout [String: String]) {
        if program == "router" { variables["TRUNKLINE_ROUTE_PORT"] = "0" }
        if program == "console" { variables["TRUNKLINE_CONSOLE_PORT"] = "0" }
    }

    var words: String { ((try? String(contentsOf: log, encoding: .utf8)) ?? "").suffix(3000).description }

    /// Waits until `trunkline health`, the check of the containers, finds the page well.
    func isWell(_ page: String) async throws {
        let trunkline = try BuiltProgram.path("trunkline")
        var last = ""
        do {
            try await eventually(within: .seconds(300), "\(process.executableURL?.lastPathComponent ?? "") is well") {
                guard process.isRunning else { throw Ended(description: "it ended: \(words)") }
                let answer = try await Tool.run(trunkline, ["health", page])
                last = answer.output + answer.errors
                return answer.status == 0
            }
        } catch let error as ConditionNeverHeld {
            throw Ended(description: "\(error.description): \(last)\n\(words)")
        }
    }

    /// Stops it as systemd and Docker do, and returns its exit code.
    func stop() async throws -> Int32 {
        process.terminate()
        try await eventually(within: .seconds(300), "the program stops") { !process.isRunning }
        return process.terminationStatus
    }

    struct Ended: Error, CustomStringConvertible {
        let description: String
    }
}
