import Logging
@testable import Postgres
import TestSupport

/// A pool on the suite's database, closed at the end.
func withDatabase<R: Sendable>(
    maximumConnections: Int = 8, _ change: (inout DatabaseConfiguration) -> Void = { _ in },
    isolation: isolated (any Actor)? = #isolation, _ body: (Database) async throws -> R
) async throws -> R {
    try await withDatabase(
        at: try TestDatabase.current.url, maximumConnections: maximumConnections, change, isolation: isolation, body)
}

/// A pool on any database, closed at the end.
func withDatabase<R: Sendable>(
    at url: String, maximumConnections: Int = 8, logger: Logger = .quiet,
    _ change: (inout DatabaseConfiguration) -> Void = { _ in },
    isolation: isolated (any Actor)? = #isolation, _ body: (Database) async throws -> R
) async throws -> R {
    var configuration = DatabaseConfiguration(url, applicationName: "postgres-tests")
    configuration.maximumConnections = maximumConnections
    configuration.closeTimeout = .seconds(2)
    // Many pools open at once here, on machines with other work.
    configuration.connectTimeout = .seconds(60)
    configuration.acquireTimeout = .seconds(60)
    change(&configuration)
    let database = Database(configuration, logger: logger)
    do {
        let value = try await body(database)
        await database.close()
        return value
    } catch {
        await database.close()
        throw error
    }
}

/// Keeps what several tasks did, in order.
final class Journal: Sendable {
    private let list = Guarded<[Int]>([])
    var entries: [Int] { list.withLock { $0 } }
    func append(_ entry: Int) { list.withLock { $0.append(entry) } }
}

/// Counts from several tasks.
final class Tally: Sendable {
    private let total = Guarded(0)
    var count: Int { total.withLock { $0 } }
    func add() { total.withLock { $0 += 1 } }
}

extension Logger {
    static var quiet: Logger {
        var logger = Logger(label: "postgres-tests")
        logger.logLevel = .critical
        return logger
    }
}

extension Statement {
    /// A statement that is not kept.
    static func once(_ sql: String) -> Statement { Statement("", sql) }
}

extension Rows {
    /// The only value of the only row.
    func value<T: PostgresDecodable>(_ type: T.Type = T.self) throws -> T { try self[0][0].decode(type) }
}

/// The error that `body` throws, nil when it throws none.
func postgresError<R>(_ body: () async throws -> R) async throws -> PostgresError? {
    do {
        _ = try await body()
        return nil
    } catch let error as PostgresError {
        return error
    }
}
