import Dynamics
import Enreach
import FoundationEssentials
import Model
import Postgres
import Runtime
import Tenants

/// Asks both vendors about a tenant's profiles, and stores and tells what is wrong.
struct ProfileReview: Sendable {
    let database: Database
    let health: TenantHealth

    /// How the profiles stand afterwards. What Dynamics can't tell now stays as it was.
    func review(
        _ before: ProfileSituation, _ lists: Listing<CallbackList>, _ tenant: TenantSituation, _ connection: TenantConnection
    ) async throws -> ProfileSituation {
        let findings: [ProfileCheck.Finding]
        do {
            findings = try await ProfileCheck(connection: connection).findings(before.profiles, lists: lists)
        } catch let error as DynamicsError {
            _ = health.failed(tenant.name, error)
            return before
        }
        health.well(tenant.name, .dynamics)
        try await ProfileCheck.store(findings, tenant: tenant.id, on: database)
        let names = Dictionary(before.profiles.all.map { ($0.id, $0.name) }) { $1 }
        let troubles = findings.compactMap { finding in
            finding.problem.map { "\(names[finding.profile] ?? ""): \($0.sentence)" }
        }
        health.readiness.set(
            "tenant \(tenant.name): callback profiles", troubles.isEmpty ? .ready : .degraded, troubles.joined(separator: " "))
        return try await ProfileStore.read(tenant.id, from: database)
    }
}
