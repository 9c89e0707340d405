import FoundationEssentials
import Model
import Postgres
import Tenants

/// A call whose erasure has come to its end, as it is stored.
struct ErasedCall: Sendable {
    let call: UUID
    let outcome: ErasureItemStore.Outcome
    let state: CallState
    let reason: String

    /// - Parameter erasure: of its records in Dynamics.
    init(_ call: StoredCall, records erasure: RecordErasure) {
        switch erasure {
        case .deleted: self.init(call, outcome: .deleted)
        case .masked: self.init(call, outcome: .masked)
        case .missing, .failed: self.init(call, outcome: call.hadRecord || call.state.hasRecord ? .gone : .none)
        }
    }

    /// A call keeps the state that says whether a record of it stands; what waited or was given up will never be one.
    init(_ call: StoredCall, outcome: ErasureItemStore.Outcome) {
        self.call = call.id
        self.outcome = outcome
        switch (call.state, outcome) {
        case (.written, .masked), (.adopted, .masked): (state, reason) = (call.state, StateReason.erasedMasked.rawValue)
        case (.written, .kept), (.adopted, .kept): (state, reason) = (call.state, StateReason.erasedKept.rawValue)
        case (_, .masked): (state, reason) = (.withdrawn, StateReason.erasedMasked.rawValue)
        case (.written, _), (.adopted, _), (.withdrawn, _):
            (state, reason) = (.withdrawn, Self.withdrawn(outcome).rawValue)
        case (.pending, _), (.dead, _), (.skipped, _): (state, reason) = (.skipped, SkipReason.erased.rawValue)
        }
    }

    private static func withdrawn(_ outcome: ErasureItemStore.Outcome) -> StateReason {
        switch outcome {
        case .deleted: .erasedDeleted
        case .kept: .erasedKept
        case .masked: .erasedMasked
        case .gone, .none: .erasedGone
        }
    }
}

/// Stores what became of erased calls.
enum CallEraseStore {
    static let settle = Statement(
        "call_erased",
        """
        UPDATE hub.call c SET
            state = r.state, reason = r.reason, written = '{}', written_version = c.content_version, etag = NULL,
            regarding_table = NULL, regarding_id = NULL, match_rule = NULL, error_code = NULL, error_text = NULL, changed_at = now()
        FROM unnest($2::uuid[], $3::text[], $4::text[]) AS r (call_id, state, reason)
        WHERE c.tenant_id = $1 AND c.call_id = r.call_id
        """)

    static let statements = [settle]

    static func settle(_ calls: [ErasedCall], tenant: TenantSituation, instance: UUID) -> [Request] {
        guard !calls.isEmpty else { return [] }
        // Calls are locked in the order in which everybody locks them.
        let sorted = calls.sorted { $0.call < $1.call }
        let ids = sorted.map(\.call)
        return [
            Request(settle, [tenant.id, ids, sorted.map(\.state.rawValue), sorted.map(\.reason)]),
            TimelineStore.eraseStories(ids, .call, tenant: tenant.id),
            TimelineStore.add(
                sorted.map { TimelineRow($0.call, .erased, reason: $0.reason) }, tenant: tenant.id, instance: instance,
                settingVersion: tenant.settings.version),
            ErasureItemStore.settle(ids, sorted.map(\.outcome), .call, tenant: tenant.id),
        ]
    }
}
