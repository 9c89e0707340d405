import Dynamics
import DynamicsSolution
import FoundationEssentials
import Jobs
import Logging
import Postgres
import Runtime
import Tenants

/// `directory.sync`: reads what changed in a table of contacts, accounts or leads; the first time, and when the link has expired, all of it.
struct DirectorySyncHandler: JobHandler {
    static let kind = DirectoryPlan.kind

    let database: Database
    let book: TenantBook
    let health: TenantHealth
    var concurrency: Int { 6 }

    func handle(_ jobs: [Job], context: JobContext) async throws -> JobResults {
        guard let job = jobs.first else { return .allDone() }
        guard let table = job.directoryTable else {
            return JobResults(outcomes: [job.id: .cancelled("the job names no table of the directory")])
        }
        return try await health.guarded(job, book: book, side: .dynamics) { tenant, connection in
            let probes = try await ProbeStore.read(database, tenant: tenant.id)
            let absent = Set(DirectoryTable.allCases.filter { probes.has($0.rawValue) == false })
            if absent.contains(table) {
                // What is there stays: it may only be that the environment's description can't be seen now.
                return JobResults(outcomes: [job.id: .done(note: "the environment has no such table")])
            }
            if probes.tracksChanges(table.rawValue) == false { return try await cantFollow(job, table, tenant) }
            let reader = DirectoryReader(
                table: table, tenant: tenant, dynamics: connection.dynamics, database: database, logger: context.logger,
                absent: absent)
            do {
                let progress = try await reader.work()
                health.readiness.set(Self.check(tenant, table), .ready)
                switch progress {
                case .upToDate: return JobResults(outcomes: [job.id: .done()])
                case .more: return JobResults(outcomes: [job.id: .snooze(until: Date())])
                }
            } catch is DirectoryConflict {
                return JobResults(outcomes: [job.id: .done(note: "another instance is at it")])
            } catch let error as DynamicsError where error.tracksNoChanges {
                return try await cantFollow(job, table, tenant)
            } catch let error as DynamicsError {
                let code = error.fault.flatMap { $0.code.isEmpty ? nil : $0.code } ?? "\(error.code)"
                try await database.execute(LoadStore.fail, [tenant.id, table.rawValue, code, error.operatorText])
                throw error
            }
        }
    }

    /// Nothing can be read as long as the table's changes are not followed; the next look at the environment shows when they are.
    private func cantFollow(_ job: Job, _ table: DirectoryTable, _ tenant: TenantSituation) async throws -> JobResults {
        let text =
            "Change tracking is off for \(table.rawValue) in Dynamics: run `trunkline dynamics install`, or switch it on there."
        try await database.execute(LoadStore.fail, [tenant.id, table.rawValue, "change_tracking_off", text])
        health.readiness.set(Self.check(tenant, table), .degraded, text)
        return JobResults(outcomes: [job.id: .done(note: "change tracking is off")])
    }

    private static func check(_ tenant: TenantSituation, _ table: DirectoryTable) -> String {
        "tenant \(tenant.name): directory \(table.rawValue)"
    }
}

extension Job {
    fileprivate var directoryTable: DirectoryTable? {
        struct Payload: Decodable { var table: String }
        return (try? payload.decode(Payload.self).table).flatMap(DirectoryTable.init(rawValue:))
    }
}
