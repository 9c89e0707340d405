import Logging
import Postgres
import Schema

extension StartGate {
    /// The database's name on `/health/ready`.
    static let databaseName = "database"

    /// The gate before everything that needs the database: open once it answers and its schema is this program's.
    static func database(
        _ database: Database, lossMeans loss: Readiness.State, readiness: Readiness, logger: Logger
    ) -> StartGate {
        StartGate(databaseName, lossMeans: loss, readiness: readiness, logger: logger) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await check(database) }
                group.addTask { try await patience(database) }
                defer { group.cancelAll() }
                try await group.next()
            }
        }
    }

    private static func check(_ database: Database) async throws {
        do {
            try await SchemaGate.check(database)
        } catch let mismatch as SchemaMismatch {
            throw GateRefusal(mismatch.description, exitCode: ExitCode.schemaMismatch)
        }
    }

    /// Gives up after a second without any connection: the pool itself waits far longer, and an operator wants the reason now.
    /// A connection that is still being made is there for the next attempt.
    private static func patience(_ database: Database) async throws {
        for second in 1...15 {
            try await Task.sleep(for: .seconds(1))
            let status = database.status
            if status.open == 0 || second == 15 { throw DatabaseSilence(reason: status.lastFailure?.description) }
        }
    }
}

private struct DatabaseSilence: Error, CustomStringConvertible {
    let reason: String?
    var description: String { reason ?? "no answer yet" }
}
