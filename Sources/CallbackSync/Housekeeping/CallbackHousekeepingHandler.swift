import FoundationEssentials
import Jobs
import Logging
import Model
import PhoneNumbers
import Postgres
import Tenants

/// `callbacks.keep`: forgets what is old, gives requests that wait without a job a new one.
struct CallbackHousekeepingHandler: JobHandler {
    static let kind = CallbackJobs.housekeeping

    let database: Database
    let book: TenantBook
    var concurrency: Int { 1 }

    func handle(_ jobs: [Job], context: JobContext) async throws -> JobResults {
        try await HistoryPartitions.make(on: database)
        var forgotten = 0
        var revived = 0
        let tenants = try await book.all()
        for tenant in tenants {
            revived += try await revive(tenant)
            while true {
                let gone = try await database.query(
                    CallbackFollowStore.forget, [tenant.id, tenant.settings.callbackRetention, 1000])[0][0].decode(Int.self)
                forgotten += gone
                if gone == 0 { break }
                try Task.checkCancellation()
            }
        }
        try await SharedRetention.apply(tenants, on: database)
        if revived > 0 { context.logger.warning("Callback requests waited without a job", metadata: ["requests": "\(revived)"]) }
        return JobResults(otherwise: .done(note: "\(forgotten) requests forgotten, \(revived) begun again"))
    }

    /// A job more than needed does no harm: it decides by the state it finds.
    private func revive(_ tenant: TenantSituation) async throws -> Int {
        let jobs = try await database.query(CallbackFollowStore.stranded, [tenant.id, CallbackJobs.wait]).map { row in
            let (id, number, isPending, isCompleted) = try row.decode(UUID.self, String?.self, Bool.self, Bool.self)
            var job =
                isPending
                ? CallbackJobs.write(
                    id, number: number.map(tenant.numbers.current), tenant: tenant.id, tenantName: tenant.name)
                : CallbackJobs.close(
                    id, successfully: tenant.settings.callbackModel == .twoWay && isCompleted, tenant: tenant.id)
            job.unique = id.lowercase
            return job
        }
        try await JobQueue(database: database).enqueue(jobs)
        return jobs.count
    }
}
