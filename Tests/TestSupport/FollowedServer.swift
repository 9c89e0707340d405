public import EmbeddedPostgres
import Foundation

/// A private server, and a hot standby that follows it.
public enum FollowedServer {
    /// Starts both, runs the body, and stops them, whatever came of it.
    ///
    /// - Parameter prepare: what is done on the primary before it is copied, so that the standby has it from the start.
    public static func run(
        prepare: (_ primary: EmbeddedPostgres) async throws -> Void = { _ in },
        _ body: (_ primary: EmbeddedPostgres, _ standby: EmbeddedPostgres) async throws -> Void
    ) async throws {
        let primary = try await EmbeddedPostgres.start(durable: false)
        let folder = FileManager.default.temporaryDirectory.appending(path: "standby-\(UUID().uuidString.prefix(8).lowercased())")
        let result: Result<Void, any Error>
        do {
            try await prepare(primary)
            let standby = try await standby(of: primary, in: folder)
            do {
                try await body(primary, standby)
                result = .success(())
            } catch {
                result = .failure(error)
            }
            await standby.stop(.immediate)
        } catch {
            result = .failure(error)
        }
        await primary.stop(.immediate)
        try? FileManager.default.removeItem(at: folder)
        try result.get()
    }

    /// A copy of the primary that follows it.
    private static func standby(of primary: EmbeddedPostgres, in folder: URL) async throws -> EmbeddedPostgres {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try FileManager.default.setAttributes(owner(of: primary), ofItemAtPath: folder.path())
        let data = folder.appending(path: "data").path()
        let source = "host=127.0.0.1 port=\(primary.port) user=postgres password=\(primary.password)"
        try await run(primary, "pg_basebackup", ["--pgdata", data, "--dbname", source, "--checkpoint", "fast", "--no-sync"])
        try Data().write(to: folder.appending(path: "data/standby.signal"))
        return try await EmbeddedPostgres.reopen(
            folder, password: primary.password, settings: ["primary_conninfo": source, "hot_standby": "on"], durable: false)
    }

    private static func owner(of server: EmbeddedPostgres) throws -> [FileAttributeKey: Any] {
        try FileManager.default.attributesOfItem(atPath: server.folder.path()).filter {
            [.ownerAccountID, .groupOwnerAccountID].contains($0.key)
        }
    }

    /// Runs one of the server's programs as whoever the server runs as: its files must be that account's.
    private static func run(_ server: EmbeddedPostgres, _ program: String, _ arguments: [String]) async throws {
        let process = Process()
        let path = server.binaries.appending(path: program).path()
        if geteuid() == 0 {
            process.executableURL = URL(filePath: "/usr/bin/setpriv")
            process.arguments = ["--reuid", "postgres", "--regid", "postgres", "--init-groups", "--", path] + arguments
        } else {
            process.executableURL = URL(filePath: path)
            process.arguments = arguments
        }
        process.currentDirectoryURL = URL(filePath: "/")
        let status = try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Int32, any Error>) in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do {
                try process.run()
            } catch {
                process.terminationHandler = nil
                continuation.resume(throwing: error)
            }
        }
        guard status == 0 else { throw ProgramFailure(description: "\(program) ended with status \(status)") }
    }

    private struct ProgramFailure: Error, CustomStringConvertible {
        let description: String
    }
}
