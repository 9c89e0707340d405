import Directory
import FoundationEssentials
import Jobs
import Model
import Postgres
import Tenants

/// Stores what became of a batch of requests, and asks for their end in Enreach.
enum CallbackResultStore {
    static let update = Statement(
        "callback_result",
        """
        UPDATE hub.callback c SET
            state = r.state, reason = r.reason, record_state = r.record_state, bundle_id = coalesce(r.bundle_id, c.bundle_id),
            ignored_for = coalesce(r.ignored_for, c.ignored_for), profile_id = coalesce(r.profile_id, c.profile_id),
            profile_version = coalesce(r.profile_version, c.profile_version), dynamics_queue_id = coalesce(r.queue_id, c.dynamics_queue_id),
            owner_id = coalesce(r.owner_id, c.owner_id), owner_rule = coalesce(r.owner_rule, c.owner_rule),
            regarding_table = coalesce(r.regarding_table, c.regarding_table), regarding_id = coalesce(r.regarding_id, c.regarding_id),
            match_rule = coalesce(r.match_rule, c.match_rule),
            written_at = CASE WHEN r.state = 'written' THEN coalesce(c.written_at, now()) ELSE c.written_at END,
            close_state = CASE WHEN r.closes THEN 'due' ELSE c.close_state END,
            setting_version = $2, error_code = r.error_code, error_text = r.error_text, changed_at = now()
        FROM unnest(
            $3::uuid[], $4::text[], $5::text[], $6::text[], $7::uuid[], $8::uuid[], $9::uuid[], $10::integer[], $11::uuid[],
            $12::uuid[], $13::text[], $14::text[], $15::uuid[], $16::boolean[], $17::text[], $18::text[],
            $19::text[]
        ) AS r (
            callback_id, state, reason, record_state, bundle_id, ignored_for, profile_id, profile_version, queue_id, owner_id,
            owner_rule, regarding_table, regarding_id, closes, error_code, error_text,
            match_rule)
        WHERE c.tenant_id = $1 AND c.callback_id = r.callback_id
        """)

    static let siblings = Statement(
        "callback_siblings_result",
        """
        UPDATE hub.callback c SET
            record_state = coalesce(r.record_state, c.record_state), bundle_id = coalesce(r.bundle_id, c.bundle_id), changed_at = now()
        FROM unnest($2::uuid[], $3::text[], $4::uuid[]) AS r (callback_id, record_state, bundle_id)
        WHERE c.tenant_id = $1 AND c.callback_id = r.callback_id
        """)

    static let statements = [update, siblings]

    static func requests(_ verdicts: [CallbackVerdict], tenant: TenantSituation, instance: UUID) -> [Request] {
        // Everybody who locks several requests does it in this order.
        let results = verdicts.compactMap(\.result).sorted { $0.id.lowercase < $1.id.lowercase }
        let others = verdicts.flatMap(\.siblings).sorted { $0.id.lowercase < $1.id.lowercase }
        var requests: [Request] = []
        if !results.isEmpty {
            requests.append(
                Request(
                    update,
                    [
                        tenant.id, tenant.settings.version, results.map(\.id), results.map(\.state.rawValue),
                        results.map { $0.reason?.rawValue }, results.map { $0.recordState?.rawValue }, results.map(\.bundleID),
                        results.map(\.ignoredFor), results.map { $0.profile?.id }, results.map { $0.profile?.version },
                        results.map { $0.recordState == nil ? nil : $0.profile?.queueID } as [UUID?],
                        results.map { $0.owner?.id },
                        results.map { $0.owner?.rule.rawValue }, results.map { $0.regarding?.table.rawValue },
                        results.map { $0.regarding?.id }, results.map(\.close.isClose), results.map(\.errorCode),
                        results.map(\.errorText), results.map(\.matchRule),
                    ]))
        }
        if !others.isEmpty {
            requests.append(
                Request(siblings, [tenant.id, others.map(\.id), others.map { $0.recordState?.rawValue }, others.map(\.bundleID)]))
        }
        let ambiguous = results.compactMap(\.ambiguity)
        if !ambiguous.isEmpty { requests.append(AmbiguityStore.note(ambiguous, tenant: tenant.id)) }
        let story = results.flatMap(\.story)
        if !story.isEmpty {
            requests.append(
                TimelineStore.add(
                    story, tenant: tenant.id, instance: instance, settingVersion: tenant.settings.version, entity: .callback))
        }
        return requests
    }

    /// What has requests wait that can't be written now.
    static func waits(_ verdicts: [CallbackVerdict], tenant: TenantSituation) -> [NewJob] {
        verdicts.compactMap(\.waits).compactMap { work in
            guard let number = work.callback.facts.callableNumber else { return nil }
            var job = CallbackJobs.wait(
                work.callback.id, list: work.callback.facts.listID, number: number, tenant: tenant.id, tenantName: tenant.name,
                until: Date().addingTimeInterval(CallbackWaitHandler.pause))
            job.trace = work.job.trace
            return job
        }
    }

    static func closes(_ verdicts: [CallbackVerdict], tenant: Int32) -> [NewJob] {
        verdicts.compactMap(\.result).compactMap { result in
            guard case .close(let successfully) = result.close else { return nil }
            var job = CallbackJobs.close(result.id, successfully: successfully, tenant: tenant)
            job.trace = result.trace
            return job
        }
    }
}

extension CallbackFollow {
    var isClose: Bool {
        if case .close = self { return true }
        return false
    }
}
