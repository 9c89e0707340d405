import FoundationEssentials
import Postgres
import Privacy
import Routing
import Runtime
import Synchronization

/// Which callers' numbers were erased, so that no decision is kept with one. Looked at behind the answers, never on their way.
final class DecisionErasures: Sendable {
    private let keys: PrivacyKeySource
    private let readiness: Readiness?
    private let known = Mutex<[Int32: TenantErasures]>([:])

    init(keys: PrivacyKeySource = .none, readiness: Readiness? = nil) {
        self.keys = keys
        self.readiness = readiness
    }

    static let versions = Statement(
        "route.decision.erasures", "SELECT tenant_id, name, erasure_version FROM hub.tenant WHERE tenant_id = ANY ($1)")
    static let statements = [versions] + ErasedNumberStore.statements

    /// What is kept of the caller's number of a decision.
    func keeps(_ record: DecisionRecord) -> Bool {
        guard let erasures = known.withLock({ $0[record.tenant] }) else { return true }
        if erasures.problem != nil { return false }
        let numbers = erasures.numbers
        return numbers.isEmpty
            || !numbers.contains(record.call.anum) && !record.call.extras.contains { numbers.contains($0.value) }
    }

    /// Whether what is known of the tenants is still so; reads what is not. Last of all in the transaction that writes.
    func isCurrent(_ tenants: Set<Int32>, on connection: Connection) async throws -> Bool {
        var isCurrent = true
        for row in try await connection.query(Self.versions, [tenants.sorted()]) {
            let (tenant, name, version) = try row.decode(Int32.self, String.self, Int32.self)
            let before = known.withLock { $0[tenant] } ?? .none
            guard before.version != version || before.problem != nil else { continue }
            let now = try await ErasedNumberStore.read(tenant: tenant, named: name, version: version, keys: keys, on: connection)
            tell(now.problem, of: name)
            known.withLock { $0[tenant] = now }
            if now.version != before.version || now.problem == nil { isCurrent = false }
        }
        return isCurrent
    }

    private func tell(_ problem: String?, of tenant: String) {
        let check = "tenant \(tenant): privacy"
        guard problem != nil else {
            readiness?.remove(check)
            return
        }
        readiness?.set(
            check, .degraded,
            "numbers were erased and this program lacks the privacy key: decisions are kept without callers until privacy.key_file names it"
        )
    }
}
