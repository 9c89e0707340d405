import Directory
import Dynamics
import FoundationEssentials
import Jobs
import Model
import Postgres
import Tenants
import Tracing
import Traces

/// `callback.relate`: links open phone calls to whom their numbers belong to by now. In line with the other jobs of the number.
struct CallbackRelateHandler: JobHandler {
    static let kind = CallbackJobs.relate

    let database: Database
    let book: TenantBook
    let health: TenantHealth
    let instance: UUID
    var batchSize: Int { 100 }
    var concurrency: Int { 2 }
    var gather: Duration? { .seconds(1) }

    func handle(_ jobs: [Job], context: JobContext) async throws -> JobResults {
        guard let first = jobs.first else { return .allDone() }
        guard let tenant = try await book.situation(first.tenant) else {
            return JobResults(otherwise: .cancelled("there is no tenant \(first.tenant)"))
        }
        return try await ServiceContext.withLogFields(["tenant": tenant.name]) {
            try await relate(jobs, tenant, lane: BudgetLane(rawValue: first.lane.rawValue) ?? .late)
        }
    }

    private func relate(_ jobs: [Job], _ tenant: TenantSituation, lane: BudgetLane) async throws -> JobResults {
        guard let connection = health.usable(tenant) else { return JobResults(otherwise: TenantHealth.putOff()) }
        let (works, gone) = try await CallbackWork.load(jobs, tenant: tenant, from: database)
        let parties = try await DirectoryLookup(database: database).knowledge(of: works.map(\.callback.facts.number), tenant)
        switch parties {
        case .off: return JobResults(otherwise: .done(note: "the directory is not in use"))
        case .askDynamics:
            // Not put off: the number's writes stand in line behind this.
            return JobResults(
                otherwise: .done(note: "the directory is not complete; left to the next look"),
                effects: [{ connection in try await connection.execute(CallbackMatchStore.forget, [tenant.id]) }])
        case .directory: break
        }
        let relater = CallbackRelater(
            tenant: tenant, connection: connection, parties: parties, heirs: try await heirs(works, tenant), lane: lane)
        var outcomes = gone
        var relations: [CallbackRelation] = []
        do {
            for (work, verdict) in zip(works, try await relater.relate(works.map(\.callback))) {
                switch verdict {
                case .related(let relation):
                    relations.append(relation)
                    outcomes[work.job.id] = .done()
                case .left(let why): outcomes[work.job.id] = .done(note: why)
                case .failed(let outcome): outcomes[work.job.id] = health.failed(tenant.name, outcome, of: work.job)
                }
            }
        } catch let error as DynamicsError {
            return JobResults(otherwise: health.failed(tenant.name, error))
        }
        let requests = CallbackRelationStore.requests(relations, tenant: tenant, instance: instance)
        return JobResults(
            outcomes: outcomes, effects: requests.isEmpty ? [] : [{ connection in _ = try await connection.pipeline(requests) }])
    }

    /// By whom the phone calls are linked to, those whom they were merged into.
    private func heirs(_ works: [CallbackWork], _ tenant: TenantSituation) async throws -> [UUID: Set<UUID>] {
        let linked = Set(works.compactMap(\.callback.regardingID))
        guard !linked.isEmpty else { return [:] }
        var heirs: [UUID: Set<UUID>] = [:]
        for row in try await database.query(CallbackRelationStore.heirs, [tenant.id, Array(linked)]) {
            let (entry, heir) = try row.decode(UUID.self, UUID.self)
            heirs[entry, default: []].insert(heir)
        }
        return heirs
    }
}
