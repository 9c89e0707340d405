import Logging
import Postgres

/// The advisory lock that lets one migrator at a time work on a database.
enum MigrationLock {
    /// "trunklin" in ASCII: a number that nobody else takes by chance.
    static let key: Int64 = 0x7472_756e_6b6c_696e

    /// Waits for the lock, runs the body and gives the lock back, also when the body throws.
    static func hold<R: Sendable>(
        on connection: Connection, logger: Logger, _ body: () async throws -> R
    ) async throws -> R {
        let taken = try await connection.query(tryLock, [key]).first?.decode(Bool.self)
        if taken != true {
            logger.notice("another migration is running on this database: waiting for it")
            try await connection.execute(lock, [key])
        }
        do {
            let result = try await body()
            try await connection.execute(unlock, [key])
            return result
        } catch {
            // On a broken connection the server has dropped the lock already.
            _ = try? await connection.execute(unlock, [key])
            throw error
        }
    }

    static let statements = [tryLock, lock, unlock]
    static let tryLock = Statement("schema.lock.try", "SELECT pg_try_advisory_lock($1)")
    static let lock = Statement("schema.lock.take", "SELECT pg_advisory_lock($1)")
    static let unlock = Statement("schema.lock.give", "SELECT pg_advisory_unlock($1)")
}
