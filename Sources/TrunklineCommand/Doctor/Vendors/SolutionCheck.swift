import Dynamics
import DynamicsSolution
import Foundation
import Logging
import Model
import Operations
import Runtime
import Tenants

/// Whether the hub's solution stands in each environment as the programs need it.
struct SolutionCheck: DoctorCheck {
    static let name = "solution"

    func findings(_ patient: Patient) async throws -> [Finding] {
        guard patient.asksVendors else { return [.skipped(Self.name, "the vendors were not to be asked (--offline)")] }
        guard patient.programs.path != nil else {
            return [.skipped(Self.name, patient.noFile)]
        }
        var findings: [Finding] = []
        let configurations = patient.programs.elements(of: "tenants").compactMap { try? TenantConfiguration($0) }
        for tenant in try await TenantStore(database: patient.database).all() where tenant.enabled {
            guard let configuration = configurations.first(where: { $0.name == tenant.name }) else { continue }
            findings += await Self.findings(tenant, configuration, patient)
        }
        return findings.isEmpty ? [.skipped(Self.name, "no enabled tenant has an entry that can be used")] : findings
    }

    private static func findings(_ tenant: Tenant, _ configuration: TenantConfiguration, _ patient: Patient) async -> [Finding] {
        let dynamics = DynamicsClient(
            configuration: configuration.dynamics, budget: UnlimitedBudget(),
            http: patient.outbound.client(trusting: configuration.dynamicsAuthority),
            logger: Logger(label: "doctor") { _ in SwiftLogNoOpLogHandler() })
        do {
            let stored = try await SettingStore(database: patient.database).stored(tenant: tenant.id)
            let settings = Settings.reading(stored.map { (name: $0.name, value: $0.value) }, version: tenant.settingVersion)
                .settings
            let report = try await SolutionReport.read(SolutionDefinition(settings, source: nil), from: dynamics)
            return [judge(report.findings, of: tenant.name)]
        } catch let error as DynamicsError {
            return [.failure(name, "\(tenant.name): the environment can't be looked at: \(error.operatorText)")]
        } catch {
            return [.failure(name, "\(tenant.name): the environment can't be looked at: \(error)")]
        }
    }

    /// What the environment does not offer, or can't have before the hub has an address, is not missing; what is made by hand is not
    /// to be seen.
    static func judge(_ findings: [SolutionFinding], of tenant: String) -> Finding {
        let parts = findings.filter { $0.state != .manual }
        let open = parts.filter { $0.isFailure || $0.state == .pending }
        if let first = open.first {
            return .warning(
                name,
                "\(tenant): \(open.count) of \(parts.count) parts are missing or differ, \(first.part.name) among them",
                remedy:
                    "`trunkline dynamics check --tenant \(tenant)` lists them, `trunkline dynamics install` puts them there"
            )
        }
        let without = parts.filter { $0.state == .unavailable }
        guard let first = without.first else { return .ok(name, "\(tenant): all \(parts.count) parts are there") }
        let lacksAddress = without.contains {
            if case .endpoint(let endpoint) = $0.part { endpoint.target == nil } else { false }
        }
        return .ok(
            name,
            "\(tenant): \(parts.count - without.count) parts are there; the hub does without \(without.count) more, "
                + (lacksAddress
                    ? "set HubAddress and the tenant's dynamics.webhook_token to have Dynamics tell it of changes"
                    : "\(first.part.name) among them (\(first.found))"))
    }
}
