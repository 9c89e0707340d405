import Dynamics
import Enreach
import FoundationEssentials
import Model
import Postgres
import Tenants

/// Finds out whether the lists and queues that profiles name are there, and who owns the queues.
struct ProfileCheck: Sendable {
    let connection: TenantConnection

    struct Finding: Sendable {
        var profile: UUID
        /// The version of the profile that was looked at.
        var version: Int32
        var problem: CallbackProblem?
        var queue: CallbackQueue?
    }

    /// One finding for each profile that is switched on. Two requests to Dynamics at most, whatever the number of profiles.
    func findings(_ profiles: CallbackProfiles, lists: some Sequence<CallbackList>) async throws -> [Finding] {
        let there = Set(lists.filter { !$0.isDeleted }.compactMap(\.id))
        let working = profiles.all.filter { $0.isEnabled && profiles.problems[$0.id] == nil }
        let queues = try await queues(Set(working.compactMap(\.queueID)))
        return profiles.all.filter(\.isEnabled).map { profile in
            if let problem = profiles.problems[profile.id] {
                return Finding(profile: profile.id, version: profile.version, problem: problem)
            }
            let queue = profile.queueID.flatMap { queues[$0] }
            let problem: CallbackProblem? =
                profile.listID.map(there.contains) != true ? .listGone : queue == nil ? .queueGone : nil
            return Finding(profile: profile.id, version: profile.version, problem: problem, queue: queue)
        }
    }

    private func queues(_ ids: Set<UUID>) async throws -> [UUID: CallbackQueue] {
        guard !ids.isEmpty else { return [:] }
        var query = ODataQuery(
            "queues", select: ["queueid", "name", "_ownerid_value"],
            filter: .equal("statecode", .int(0)) && .in("queueid", ids.map(\.lowercase).sorted()))
        query.annotations = ["Microsoft.Dynamics.CRM.lookuplogicalname"]
        var queues: [UUID: CallbackQueue] = [:]
        for row in try await connection.dynamics.query(query, lane: .callback) {
            guard let id = row.guid("queueid") else { continue }
            let table = row.string("_ownerid_value@Microsoft.Dynamics.CRM.lookuplogicalname") ?? ""
            queues[id] = CallbackQueue(
                name: row.string("name")?.tidied(toUTF16: 200), ownerID: row.guid("_ownerid_value"),
                ownerTable: CallbackQueue.OwnerTable(rawValue: table) ?? .systemUser)
        }
        let disabled = try await disabled(Set(queues.values.filter { $0.ownerTable == .systemUser }.compactMap(\.ownerID)))
        return queues.mapValues { queue in
            var queue = queue
            queue.ownerIsDisabled = queue.ownerID.map(disabled.contains) ?? false
            return queue
        }
    }

    private func disabled(_ users: Set<UUID>) async throws -> Set<UUID> {
        guard !users.isEmpty else { return [] }
        let query = ODataQuery(
            "systemusers", select: ["systemuserid"],
            filter: .equal("isdisabled", .bool(true)) && .in("systemuserid", users.map(\.lowercase).sorted()))
        return Set(try await connection.dynamics.query(query, lane: .callback).compactMap { $0.guid("systemuserid") })
    }

    /// Stores what was found.
    static func store(_ findings: [Finding], tenant: Int32, on database: Database) async throws {
        guard !findings.isEmpty else { return }
        try await database.execute(
            ProfileStore.check,
            [
                tenant, findings.map(\.profile), findings.map(\.version), findings.map { $0.problem?.code },
                findings.map { $0.problem?.sentence },
                findings.map { $0.queue?.name }, findings.map { $0.queue?.ownerID },
                findings.map { $0.queue?.ownerID == nil ? nil : $0.queue?.ownerTable.rawValue },
                findings.map { $0.queue?.ownerIsDisabled ?? false },
            ])
    }
}
