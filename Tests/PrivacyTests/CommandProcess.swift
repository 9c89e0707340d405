import Foundation
import Synchronization
import TestSupport

/// A run of the built `trunkline` executable that may be killed.
final class CommandProcess: Sendable {
    private let process: Process
    private let folder: URL
    private let ended: AsyncStream<Int32>

    init(_ arguments: [String], database: String, environment: [String: String], input: String = "") throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "trunkline-command-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let process = Process()
        process.executableURL = URL(filePath: try BuiltProgram.path("trunkline"))
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment
            .filter { !$0.key.hasPrefix("TRUNKLINE_") && !$0.key.hasPrefix("PG") }
            .merging(environment.merging(["TRUNKLINE_DATABASE_URL": database]) { $1 }) { $1 }
        try Data(input.utf8).write(to: folder.appending(path: "in"))
        process.standardInput = try FileHandle(forReadingFrom: folder.appending(path: "in"))
        process.standardOutput = try Self.file("out", in: folder)
        process.standardError = try Self.file("err", in: folder)
        let (ended, end) = AsyncStream.makeStream(of: Int32.self)
        process.terminationHandler = {
            end.yield($0.terminationStatus)
            end.finish()
        }
        self.ended = ended
        self.process = process
        try process.run()
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private static func file(_ name: String, in folder: URL) throws -> FileHandle {
        let file = folder.appending(path: name)
        try Data().write(to: file)
        return try FileHandle(forWritingTo: file)
    }

    struct Outcome: Sendable {
        let status: Int32
        let output: String
        let errors: String
    }

    /// Waits for its end.
    func outcome() async throws -> Outcome {
        var status: Int32 = -1
        for await end in ended { status = end }
        return Outcome(status: status, output: try text("out"), errors: try text("err"))
    }

    /// What it has said on standard error so far.
    func errors() throws -> String { try text("err") }

    func kill() { Foundation.kill(process.processIdentifier, SIGKILL) }

    private func text(_ name: String) throws -> String {
        try String(contentsOf: folder.appending(path: name), encoding: .utf8).trimmingCharacters(in: .newlines)
    }
}
