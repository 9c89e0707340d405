import FoundationEssentials
import Jobs
import Logging
import Model
import Postgres
import Tenants

/// `hub.partitions`: makes partitions ahead, drops those past retention, forgets old calls, and finds calls whose job is gone.
struct HousekeepingHandler: JobHandler {
    static let kind = JobKinds.housekeeping

    let database: Database
    let book: TenantBook
    let instance: UUID
    var concurrency: Int { 1 }

    func handle(_ jobs: [Job], context: JobContext) async throws -> JobResults {
        try await HistoryPartitions.make(on: database)
        let tenants = try await book.all()
        let keep = tenants.map(\.settings.timelineRetention).max() ?? 13
        _ = try await database.query(HousekeepingStore.dropPartitions, [keep])
        var forgotten = 0
        var lost = 0
        let days = Self.daysToSearch(at: Date())
        for tenant in tenants {
            lost += try await database.execute(HousekeepingStore.markLost, [tenant.id, instance, days])
            while true {
                let gone = try await database.query(HousekeepingStore.forget, [tenant.id, tenant.settings.callRetention, 1000])[
                    0][0]
                    .decode(Int.self)
                forgotten += gone
                if gone == 0 { break }
                try Task.checkCancellation()
            }
            try await database.execute(HousekeepingStore.forgetHours, [tenant.id, tenant.settings.callRetention])
            try await database.execute(QueueTypeStore.forget, [tenant.id, tenant.settings.callRetention])
        }
        try await SharedRetention.apply(tenants, on: database)
        if lost > 0 { context.logger.warning("Calls waited without a job", metadata: ["calls": "\(lost)"]) }
        return JobResults(otherwise: .done(note: "\(forgotten) calls forgotten, \(lost) without a job"))
    }

    /// How far back calls without a job are looked for: each hour among those that mostly wait, and once a night, between two and three
    /// o'clock UTC, among all, since a backfill brings calls of any age.
    static func daysToSearch(at now: Date) -> Int32 { CivilTime(now).hour == 2 ? 36_500 : 31 }
}
