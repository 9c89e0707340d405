import FoundationEssentials
import Jobs
import Logging
import Metrics
import Model
import Postgres
import Tenants
import Tracing
import Traces

/// Takes in what Enreach said: call rows, their story, their jobs and the watermark, in one transaction a chunk.
///
/// Idempotent: what was seen before changes nothing, in whatever order and how often it comes.
struct Intake: Sendable {
    enum Source: String, Sendable { case poll, webhook, sweep, backfill }

    struct Outcome: Sendable, Equatable {
        var seen = 0
        var new = 0
        var changed = 0
        /// Jobs made.
        var queued = 0
    }

    /// Calls in one transaction.
    static let chunk = 500

    let database: Database
    let queue: JobQueue
    let instance: UUID
    let logger: Logger

    /// Takes in the calls; `last` runs in the transaction of the last chunk (in one of its own when there are no calls).
    func take(
        _ received: ReceivedCalls, for tenant: TenantSituation, source: Source, backfill: Int64? = nil, last: Request? = nil
    ) async throws -> Outcome {
        try await withSpan("ingest calls") { span in
            let outcome = try await store(received, for: tenant, source: source, backfill: backfill, last: last)
            span.updateAttributes {
                $0["trunkline.tenant"] = tenant.name
                $0["trunkline.source"] = source.rawValue
                $0["trunkline.calls.seen"] = outcome.seen
                $0["trunkline.calls.new"] = outcome.new
                $0["trunkline.calls.changed"] = outcome.changed
            }
            return outcome
        }
    }

    private func store(
        _ received: ReceivedCalls, for tenant: TenantSituation, source: Source, backfill: Int64?, last: Request?
    ) async throws -> Outcome {
        var outcome = Outcome()
        let calls = received.calls(without: tenant.erased, tenant: tenant.name)
        var start = 0
        while start < calls.count {
            let end = min(start + Self.chunk, calls.count)
            let part = try await take(
                Array(calls[start..<end]), for: tenant, source: source, backfill: backfill, last: end == calls.count ? last : nil)
            outcome.add(part)
            start = end
        }
        if calls.isEmpty, let last { try await database.execute(last.statement, last.parameters) }
        if outcome.queued > 0 { await queue.ring(JobKinds.queue) }
        CallMetrics.intake(outcome, tenant: tenant.name, source: source.rawValue)
        return outcome
    }

    private func take(
        _ calls: [ReceivedCall], for tenant: TenantSituation, source: Source, backfill: Int64?, last: Request?
    ) async throws -> Outcome {
        for _ in 0..<10 {
            let sorted = try await sort(calls, tenant)
            do {
                return try await store(sorted, of: calls.count, for: tenant, source: source, backfill: backfill, last: last)
            } catch is SeenElsewhere {
                // Another instance stored one of the new calls meanwhile: look again.
                continue
            }
        }
        throw SeenElsewhere()
    }

    private struct SeenElsewhere: Error {}

    private struct Sorted: Sendable {
        var new: [IntakePlan] = []
        var changed: [UUID: ReceivedCall] = [:]
    }

    /// What needs no lock: which calls are new, which may have something new, and all the reckoning for the new ones.
    private func sort(_ calls: [ReceivedCall], _ tenant: TenantSituation) async throws -> Sorted {
        var hashes: [UUID: Int64] = [:]
        for row in try await database.query(IntakeStore.known, [tenant.id, calls.map(\.id)]) {
            let (id, hash) = try row.decode(UUID.self, Int64.self)
            hashes[id] = hash
        }
        var sorted = Sorted()
        for call in calls {
            if let hash = hashes[call.id] {
                if call.unreadable == nil, hash != IntakePlan.hash(of: call) { sorted.changed[call.id] = call }
            } else {
                sorted.new.append(
                    IntakePlan(new: call, settings: tenant.settings, people: tenant.people, numbers: tenant.numbers))
            }
        }
        return sorted
    }

    private func store(
        _ sorted: Sorted, of seen: Int, for tenant: TenantSituation, source: Source, backfill: Int64?, last: Request?
    ) async throws -> Outcome {
        if sorted.new.isEmpty, sorted.changed.isEmpty {
            if let last { try await database.execute(last.statement, last.parameters) }
            return Outcome(seen: seen)
        }
        return try await database.withTransaction(TransactionOptions(retries: 5)) { connection in
            let changed = try await changedPlans(sorted.changed, tenant, connection)
            let plans = sorted.new + changed
            var requests: [Request] = []
            if !sorted.new.isEmpty {
                requests.append(
                    IntakeStore.insert(
                        sorted.new, tenant: tenant.id, tenantName: tenant.name, backfill: backfill,
                        settingVersion: tenant.settings.version))
            }
            if !changed.isEmpty {
                requests.append(IntakeStore.update(changed, tenant: tenant.id, settingVersion: tenant.settings.version))
            }
            let story = plans.flatMap { Self.story($0, source: source) }
            requests.append(
                TimelineStore.add(story, tenant: tenant.id, instance: instance, settingVersion: tenant.settings.version))
            let hidden = changed.filter { $0.facts.privacy == .private }.map(\.id)
            if !hidden.isEmpty { requests.append(TimelineStore.redact(hidden, tenant: tenant.id)) }
            if let last { requests.append(last) }
            requests.append(ErasureFence.request(tenant.id))
            let answers = try await connection.pipeline(requests)
            try ErasureFence.check(answers[answers.count - 1], tenant.erasures)
            if !sorted.new.isEmpty, try answers[0][0][0].decode(Int.self) != sorted.new.count { throw SeenElsewhere() }
            let jobs = plans.flatMap { Self.jobs($0, tenant: tenant.id, isBackfill: source == .backfill) }
            _ = try await queue.enqueue(jobs, on: connection)
            return Outcome(seen: seen, new: sorted.new.count, changed: changed.count, queued: jobs.count)
        }
    }

    private func changedPlans(
        _ calls: [UUID: ReceivedCall], _ tenant: TenantSituation, _ connection: Connection
    ) async throws -> [IntakePlan] {
        guard !calls.isEmpty else { return [] }
        let rows = try await connection.query(IntakeStore.lock, [tenant.id, Array(calls.keys)])
        return try rows.compactMap { row in
            let known = try KnownCall(row)
            guard let call = calls[known.id] else { return nil }
            return IntakePlan(
                known: known, received: call, settings: tenant.settings, people: tenant.people, numbers: tenant.numbers)
        }
    }

    private static func story(_ plan: IntakePlan, source: Source) -> [TimelineRow] {
        let first = TimelineRow(plan.id, plan.kind == .new ? .seen : .changed) { json in
            json.member("source", source.rawValue)
            json.member("privacy", plan.facts.privacy.rawValue)
            json.member("talk_seconds", plan.facts.talkSeconds)
            if !plan.facts.oddities.isEmpty { json.member("oddities", plan.facts.oddities.map(\.rawValue).sorted()) }
        }
        switch plan.state {
        case .skipped: return [first, TimelineRow(plan.id, .skipped, reason: plan.reason)]
        case .dead where plan.unreadable != nil:
            return [
                first, TimelineRow(plan.id, .dead, reason: plan.reason) { $0.member("error", plan.unreadable ?? "") },
            ]
        default: return [first]
        }
    }

    private static func jobs(_ plan: IntakePlan, tenant: Int32, isBackfill: Bool) -> [NewJob] {
        var jobs: [NewJob] = []
        if let job = plan.job {
            jobs.append(
                NewJob(
                    kind: job == .write ? JobKinds.write : JobKinds.withdraw, tenant: tenant, key: plan.id.lowercase,
                    coalesce: true,
                    lane: isBackfill ? .backfill : plan.hasRecord && job == .write ? .late : .live, queue: JobKinds.queue))
        }
        if plan.mustReadWhole { jobs.append(EventLook.call(plan.id, tenant: tenant)) }
        return jobs
    }
}

extension Intake.Outcome {
    mutating func add(_ other: Self) {
        seen += other.seen
        new += other.new
        changed += other.changed
        queued += other.queued
    }
}

extension KnownCall {
    fileprivate init(_ row: Row) throws {
        let (id, state, reason, privacy, hash, legs, isErased) = try row.decode(
            UUID.self, String.self, String?.self, String.self, Int64.self, JSONB.self, Bool.self)
        self.init(
            id: id, state: CallState(rawValue: state) ?? .pending, reason: reason,
            privacy: Privacy(rawValue: privacy) ?? .undefined,
            hash: hash, legs: try CallLeg.read(legs.bytes), isErased: isErased)
    }
}
