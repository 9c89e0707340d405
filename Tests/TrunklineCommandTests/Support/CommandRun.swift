import Foundation
import TestSupport

/// One run of the built `trunkline` executable.
struct CommandRun: Sendable {
    let status: Int32
    let output: String
    let errors: String

    /// Runs the command and waits for its end.
    ///
    /// - Parameters:
    ///   - database: what `TRUNKLINE_DATABASE_URL` is set to; nil leaves it out.
    ///   - environment: more variables; none of the test's own `TRUNKLINE_` and `PG` variables get through.
    static func of(_ arguments: String..., database: String? = nil, environment: [String: String] = [:]) async throws
        -> CommandRun
    {
        try await of(arguments, database: database, environment: environment)
    }

    /// - Parameter place: the folder it runs in; nil is this process' own.
    static func of(
        _ arguments: [String], database: String? = nil, environment: [String: String] = [:], in place: URL? = nil
    ) async throws -> CommandRun {
        let folder = FileManager.default.temporaryDirectory.appending(path: "trunkline-command-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let streams = try ["out", "err"].map { name in
            let file = folder.appending(path: name)
            try Data().write(to: file)
            return (file, try FileHandle(forWritingTo: file))
        }
        let process = Process()
        process.executableURL = URL(filePath: try BuiltProgram.path("trunkline"))
        process.arguments = arguments
        if let place { process.currentDirectoryURL = place }
        process.environment = ProcessInfo.processInfo.environment
            .filter { !$0.key.hasPrefix("TRUNKLINE_") && !$0.key.hasPrefix("PG") }
            .merging(environment.merging(database.map { ["TRUNKLINE_DATABASE_URL": $0] } ?? [:]) { $1 }) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = streams[0].1
        process.standardError = streams[1].1
        let status = try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Int32, any Error>) in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do {
                try process.run()
            } catch {
                process.terminationHandler = nil
                continuation.resume(throwing: error)
            }
        }
        let texts = try streams.map { file, handle in
            try handle.close()
            return try String(contentsOf: file, encoding: .utf8).trimmingCharacters(in: .newlines)
        }
        return CommandRun(status: status, output: texts[0], errors: texts[1])
    }

    /// The output as JSON.
    func json<Answer: Decodable>(_ type: Answer.Type = Answer.self) throws -> Answer {
        try JSONDecoder().decode(type, from: Data(output.utf8))
    }
}
