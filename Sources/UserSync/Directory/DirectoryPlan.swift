import FoundationEssentials
import Jobs
import Model
import Postgres
import Tenants

/// What `user-sync` does for the directory of each tenant.
enum DirectoryPlan {
    static let kind = "directory.sync"
    static let queue = "user-sync"

    /// One for each table, so that a long load of one doesn't keep the others waiting.
    static func schedules(_ tenant: TenantSituation) -> [Schedule] {
        DirectoryTable.allCases.map { table in
            Schedule(
                name: "directory.\(table.rawValue)", tenant: tenant.id, kind: kind,
                slots: .every(.seconds(tenant.settings.directoryInterval)),
                payload: JSONB("{\"table\":\"\(table.rawValue)\"}"), queue: queue, lane: .late, maxAttempts: 4)
        } + [
            Schedule(
                name: DirectoryChoresHandler.kind, tenant: tenant.id, kind: DirectoryChoresHandler.kind,
                slots: .every(.seconds(3600)), queue: queue, lane: .late, maxAttempts: 4)
        ]
    }

    /// Reads at once, without waiting for the schedule: at the start, and when Dynamics tells of a change.
    static func jobs(_ tenant: TenantSituation) -> [NewJob] {
        DirectoryTable.allCases.map { table in
            NewJob(
                kind: kind, tenant: tenant.id, payload: JSONB("{\"table\":\"\(table.rawValue)\"}"),
                key: "directory/\(table.rawValue)", coalesce: true, lane: .late, maxAttempts: 4, queue: queue)
        }
    }

    static func handlers(database: Database, book: TenantBook, health: TenantHealth) -> [any JobHandler] {
        [
            DirectorySyncHandler(database: database, book: book, health: health),
            DirectoryChoresHandler(database: database, book: book),
        ]
    }
}
