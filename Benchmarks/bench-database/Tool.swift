import EmbeddedPostgres
import Foundation

/// Runs one of PostgreSQL's own programs against a server, on a thread of its own.
struct Tool {
    let server: EmbeddedPostgres
    let name: String

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Returns what it printed; throws when it failed.
    @discardableResult
    func run(_ arguments: String...) async throws -> String {
        let process = Process()
        process.executableURL = server.binaries.appending(path: name)
        process.arguments = arguments
        process.environment = [
            "PGHOST": "127.0.0.1", "PGPORT": "\(server.port)", "PGUSER": server.user, "PGPASSWORD": server.password,
            "PGDATABASE": "postgres", "PATH": "/usr/bin:/bin",
        ]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        let name = name
        return try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                // Swift's threads block signals and children inherit that; pgbench ends its run by one.
                var all = sigset_t()
                sigfillset(&all)
                pthread_sigmask(SIG_UNBLOCK, &all, nil)
                continuation.resume(
                    with: Result {
                        try process.run()
                        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
                        process.waitUntilExit()
                        guard process.terminationStatus == 0 else { throw Failure(description: "\(name): \(text)") }
                        return text
                    })
            }
        }
    }
}
