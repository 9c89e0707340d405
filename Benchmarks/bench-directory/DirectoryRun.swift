import EmbeddedPostgres
import Foundation
import Logging
import Postgres
import Schema

/// A private server with the hub's schema and one tenant.
struct DirectoryRun: Sendable {
    let database: Database
    let tenant: Int32
    let logger = Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() }

    static func with<R: Sendable>(_ body: (DirectoryRun) async throws -> R) async throws -> R {
        let settings = ["shared_buffers": "1GB", "max_wal_size": "8GB", "maintenance_work_mem": "512MB", "jit": "off"]
        let postgres = try await EmbeddedPostgres.start(settings: settings)
        do {
            let logger = Logger(label: "database") { _ in SwiftLogNoOpLogHandler() }
            let database = Database(DatabaseConfiguration(postgres.connectionString()), logger: logger)
            _ = try await Migrator.migrate(on: database, logger: logger)
            let tenant = try await database.query(
                Statement("", "INSERT INTO hub.tenant (name, region) VALUES ('bench', 'NL') RETURNING tenant_id"))[0][0].decode(
                    Int32.self)
            let result = try await body(DirectoryRun(database: database, tenant: tenant))
            await database.close()
            await postgres.stop()
            return result
        } catch {
            await postgres.stop()
            throw error
        }
    }
}
