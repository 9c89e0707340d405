import Runtime
import Tenants

extension Patient {
    /// Judges what the tenants sign in to Dynamics with.
    ///
    /// - Parameters:
    ///   - nobody: what is said when none of it concerned the check.
    ///   - judge: of a tenant's name and one of its credentials; nil when the check has nothing to do with it.
    func findings(
        onEndsFor check: String, nobody: String, _ judge: (String, CredentialEnd) -> [Finding]?
    ) -> [Finding] {
        guard programs.path != nil else { return [.skipped(check, noFile)] }
        let judged = programs.elements(of: "tenants").compactMap { try? TenantConfiguration($0) }.flatMap { tenant in
            tenant.credentialEnds.compactMap { judge(tenant.name, $0) }
        }
        let findings = judged.flatMap(\.self)
        guard findings.isEmpty else { return findings }
        return [.ok(check, judged.isEmpty ? nobody : "all \(judged.count) last for another 30 days at least")]
    }
}
