import FoundationEssentials
import Jobs
import Logging
import Model
import Postgres
import Tenants
import Tracing

/// Takes in what Enreach said of requests: rows, story and jobs in one transaction a chunk.
///
/// Idempotent: the same request over both ways, in whatever order and however often, gives one row and one phone call.
struct CallbackIntake: Sendable {
    enum Way: Sendable {
        case poll
        /// When the first webhook of each request had come, and of those that none named by itself.
        case webhook([UUID: Date], others: Date)

        var isPoll: Bool {
            if case .poll = self { return true }
            return false
        }

        func toldAt(_ callback: UUID) -> Date? {
            if case .webhook(let times, let others) = self { return times[callback] ?? others }
            return nil
        }

        var name: String { isPoll ? "poll" : "webhook" }
    }

    struct Outcome: Sendable, Equatable {
        var seen = 0
        var new = 0
        var changed = 0

        mutating func add(_ other: Outcome) {
            seen += other.seen
            new += other.new
            changed += other.changed
        }
    }

    static let chunk = 500

    let database: Database
    let queue: JobQueue
    let instance: UUID

    func take(
        _ received: [ReceivedCallback], for tenant: TenantSituation, profiles: CallbackProfiles, way: Way
    ) async throws -> Outcome {
        try await withSpan("ingest callbacks") { span in
            let outcome = try await store(received, for: tenant, profiles: profiles, way: way)
            span.updateAttributes {
                $0["trunkline.tenant"] = tenant.name
                $0["trunkline.source"] = way.name
                $0["trunkline.callbacks.seen"] = outcome.seen
                $0["trunkline.callbacks.new"] = outcome.new
                $0["trunkline.callbacks.changed"] = outcome.changed
            }
            return outcome
        }
    }

    private func store(
        _ received: [ReceivedCallback], for tenant: TenantSituation, profiles: CallbackProfiles, way: Way
    ) async throws -> Outcome {
        // Oldest first, so that of several requests of one number the first is the first.
        var seen: Set<UUID> = []
        let received = ReceivedCallback.all(received.map { $0.reading(tenant.numbers) }, without: tenant.erased)
        let sorted = received.filter { seen.insert($0.facts.id).inserted }.sorted {
            ($0.facts.requestedAt, $0.facts.id.lowercase) < ($1.facts.requestedAt, $1.facts.id.lowercase)
        }
        var outcome = Outcome()
        var start = 0
        while start < sorted.count {
            let end = min(start + Self.chunk, sorted.count)
            outcome.add(try await chunk(Array(sorted[start..<end]), tenant, profiles, way))
            start = end
        }
        if outcome.new + outcome.changed > 0 { await queue.ring(CallbackJobs.queue) }
        CallbackMetrics.intake(outcome, tenant: tenant.name, source: way.name)
        return outcome
    }

    private struct SeenElsewhere: Error {}

    private func chunk(
        _ received: [ReceivedCallback], _ tenant: TenantSituation, _ profiles: CallbackProfiles, _ way: Way
    ) async throws -> Outcome {
        for _ in 0..<10 {
            do {
                return try await attempt(received, tenant, profiles, way)
            } catch is SeenElsewhere {
                // Another instance stored one of them meanwhile: look again.
                continue
            }
        }
        throw SeenElsewhere()
    }

    private func attempt(
        _ received: [ReceivedCallback], _ tenant: TenantSituation, _ profiles: CallbackProfiles, _ way: Way
    ) async throws -> Outcome {
        let known = try await known(received, tenant)
        var new: [CallbackIntakePlan] = []
        var changed: [UUID: ReceivedCallback] = [:]
        var noted: [UUID] = []
        for callback in received {
            let id = callback.facts.id
            guard let before = known[id] else {
                new.append(CallbackIntakePlan(new: callback, profiles: profiles, endings: tenant.endings))
                continue
            }
            if CallbackIntakePlan(known: before, received: callback, profiles: profiles, endings: tenant.endings) != nil {
                changed[id] = callback
            } else if way.isPoll ? before.lacksPoll : before.lacksWebhook {
                noted.append(id)
            }
        }
        if !noted.isEmpty {
            try await database.execute(CallbackIntakeStore.note, [tenant.id, noted, way.isPoll, noted.map(way.toldAt)])
        }
        guard !new.isEmpty || !changed.isEmpty else { return Outcome(seen: received.count) }
        return try await store(new, changed, seen: received.count, tenant, profiles, way)
    }

    private func known(_ received: [ReceivedCallback], _ tenant: TenantSituation) async throws -> [UUID: KnownCallback] {
        var known: [UUID: KnownCallback] = [:]
        for row in try await database.query(CallbackIntakeStore.known, [tenant.id, received.map(\.facts.id)]) {
            let (id, hash, state, reason, modified, lacksPoll, lacksWebhook, isErased) = try row.decode(
                UUID.self, Int64.self, String.self, String?.self, Date?.self, Bool.self, Bool.self, Bool.self)
            known[id] = KnownCallback(
                hash: hash, state: CallbackState(rawValue: state) ?? .pending, reason: reason, modifiedAt: modified,
                lacksPoll: lacksPoll, lacksWebhook: lacksWebhook, isErased: isErased)
        }
        return known
    }

    private func store(
        _ new: [CallbackIntakePlan], _ changed: [UUID: ReceivedCallback], seen: Int, _ tenant: TenantSituation,
        _ profiles: CallbackProfiles, _ way: Way
    ) async throws -> Outcome {
        try await database.withTransaction(TransactionOptions(retries: 5)) { connection in
            let updates = try await updates(changed, tenant, profiles, connection)
            let version = tenant.settings.version
            var requests: [Request] = []
            if !new.isEmpty {
                requests.append(
                    CallbackIntakeStore.insert(new, tenant: tenant.id, tenantName: tenant.name, way: way, version: version))
            }
            if !updates.isEmpty {
                requests.append(CallbackIntakeStore.update(updates, tenant: tenant.id, way: way, version: version))
            }
            let plans = new + updates
            let story = plans.flatMap { Self.story($0, way) }
            if !story.isEmpty {
                requests.append(
                    TimelineStore.add(
                        story, tenant: tenant.id, instance: instance, settingVersion: version, entity: .callback))
            }
            requests.append(ErasureFence.request(tenant.id))
            let answers = try await connection.pipeline(requests)
            try ErasureFence.check(answers[answers.count - 1], tenant.erasures)
            if !new.isEmpty, try answers[0][0][0].decode(Int.self) != new.count { throw SeenElsewhere() }
            let jobs = plans.filter(\.needsWork).map {
                CallbackJobs.write($0.facts.id, number: $0.facts.callableNumber, tenant: tenant.id, tenantName: tenant.name)
            }
            _ = try await queue.enqueue(jobs, on: connection)
            return Outcome(seen: seen, new: new.count, changed: updates.count)
        }
    }

    private func updates(
        _ changed: [UUID: ReceivedCallback], _ tenant: TenantSituation, _ profiles: CallbackProfiles, _ connection: Connection
    ) async throws -> [CallbackIntakePlan] {
        guard !changed.isEmpty else { return [] }
        return try await connection.query(CallbackIntakeStore.lock, [tenant.id, Array(changed.keys)]).compactMap { row in
            let (id, hash, state, reason, modified, isErased) = try row.decode(
                UUID.self, Int64.self, String.self, String?.self, Date?.self, Bool.self)
            let known = KnownCallback(
                hash: hash, state: CallbackState(rawValue: state) ?? .pending, reason: reason, modifiedAt: modified,
                isErased: isErased)
            return changed[id].flatMap {
                CallbackIntakePlan(known: known, received: $0, profiles: profiles, endings: tenant.endings)
            }
        }
    }

    private static func story(_ plan: CallbackIntakePlan, _ way: Way) -> [TimelineRow] {
        let id = plan.facts.id
        var rows = [
            TimelineRow(id, plan.isNew ? .seen : .changed) { json in
                json.member("source", way.name)
                json.member("list", plan.facts.listName ?? plan.facts.listID.lowercase)
                json.member("enreach_state", plan.facts.stage.rawValue)
                if let result = plan.facts.result, plan.facts.stage == .closed { json.member("result", result) }
                if plan.facts.callableNumber == nil, !plan.facts.isErased { json.member("number", "none that could be called") }
            }
        ]
        if plan.state == .skipped { rows.append(TimelineRow(id, .skipped, reason: plan.reason?.rawValue)) }
        return rows
    }
}
