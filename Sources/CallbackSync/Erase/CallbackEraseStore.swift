import FoundationEssentials
import Model
import Postgres
import Tenants

/// A request whose erasure has come to its end, as it is stored.
struct ErasedCallback: Sendable {
    let id: UUID
    let outcome: ErasureItemStore.Outcome
    let state: CallbackState
    let recordState: RecordState?

    /// - Parameter erasure: of its record in Dynamics.
    init(_ callback: StoredCallback, record erasure: RecordErasure) {
        switch erasure {
        case .deleted: self.init(callback, outcome: .deleted)
        case .masked: self.init(callback, outcome: .masked)
        case .missing, .failed: self.init(callback, outcome: callback.recordState == nil ? .none : .gone)
        }
    }

    init(_ callback: StoredCallback, outcome: ErasureItemStore.Outcome) {
        id = callback.id
        self.outcome = outcome
        // What waited or was given up will never be written.
        state = callback.state == .pending || callback.state == .dead ? .skipped : callback.state
        recordState =
            switch outcome {
            case .deleted, .gone: callback.recordState == nil ? nil : .deleted
            case .masked, .kept, .none: callback.recordState
            }
    }
}

/// Stores what became of erased requests.
enum CallbackEraseStore {
    static let settle = Statement(
        "callback_erased",
        """
        UPDATE hub.callback c SET
            state = r.state, reason = 'erased', record_state = r.record_state, regarding_table = NULL, regarding_id = NULL,
            match_rule = NULL, error_code = NULL, error_text = NULL, changed_at = now()
        FROM unnest($2::uuid[], $3::text[], $4::text[]) AS r (callback_id, state, record_state)
        WHERE c.tenant_id = $1 AND c.callback_id = r.callback_id
        """)

    static let statements = [settle]

    static func settle(_ callbacks: [ErasedCallback], tenant: TenantSituation, instance: UUID) -> [Request] {
        guard !callbacks.isEmpty else { return [] }
        // Everybody who locks several requests does it in this order.
        let sorted = callbacks.sorted { $0.id.lowercase < $1.id.lowercase }
        let ids = sorted.map(\.id)
        return [
            Request(settle, [tenant.id, ids, sorted.map(\.state.rawValue), sorted.map { $0.recordState?.rawValue }]),
            TimelineStore.eraseStories(ids, .callback, tenant: tenant.id),
            TimelineStore.add(
                sorted.map { TimelineRow($0.id, .erased, reason: CallbackReason.erased.rawValue) }, tenant: tenant.id,
                instance: instance, settingVersion: tenant.settings.version, entity: .callback),
            ErasureItemStore.settle(ids, sorted.map(\.outcome), .callback, tenant: tenant.id),
        ]
    }
}
