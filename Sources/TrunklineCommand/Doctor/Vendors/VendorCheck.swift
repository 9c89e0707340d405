import Foundation
import Postgres
import Runtime
import Tenants

/// A check that asks a vendor, for each tenant of the configuration. Nothing is changed there.
protocol VendorCheck: DoctorCheck {
    /// What one tenant's vendor answered. Throws nothing: a refusal is a finding.
    static func findings(_ tenant: TenantConfiguration, _ outbound: OutboundClients) async -> [Finding]
    /// Said of a tenant of which nothing else is.
    static var well: String { get }
}

extension VendorCheck {
    func findings(_ patient: Patient) async throws -> [Finding] {
        guard patient.asksVendors else { return [.skipped(Self.name, "the vendors were not to be asked (--offline)")] }
        guard patient.programs.path != nil else {
            return [.skipped(Self.name, patient.noFile)]
        }
        let enabled: [String] = try await patient.database.query(CredentialsCheck.enabled).map { try $0.decode(String.self) }
        var findings: [Finding] = []
        // What is wrong with the configuration itself is the finding of another check.
        let tenants = patient.programs.elements(of: "tenants").compactMap { try? TenantConfiguration($0) }
        for tenant in tenants where enabled.contains(tenant.name) {
            let found = await Self.findings(tenant, patient.outbound)
            findings += found.isEmpty ? [.ok(Self.name, "\(tenant.name): \(Self.well)")] : found
        }
        return findings.isEmpty ? [.skipped(Self.name, "no enabled tenant has an entry that can be used")] : findings
    }
}
