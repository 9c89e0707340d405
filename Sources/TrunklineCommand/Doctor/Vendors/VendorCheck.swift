import Foundation
import Postgres
import Runtime
import Tenants

/// A check that asks a vendor, for each tenant of the configuration. Nothing is changed there.
protocol VendorCheck: DoctorCheck {
    /// What one tenant's vendor answered, at least one finding. Throws nothing: a refusal is a finding.
    static func findings(_ tenant: VendorTenant, _ outbound: OutboundClients) async -> [Finding]
}

extension VendorCheck {
    func findings(_ patient: Patient) async throws -> [Finding] {
        guard patient.asksVendors else { return [.skipped(Self.name, "the vendors were not to be asked (--offline)")] }
        guard patient.programs.path != nil else {
            return [.skipped(Self.name, patient.noFile)]
        }
        var findings: [Finding] = []
        for tenant in try await VendorTenant.all(patient) { findings += await Self.findings(tenant, patient.outbound) }
        return findings.isEmpty ? [.skipped(Self.name, "no enabled tenant has an entry that can be used")] : findings
    }
}
