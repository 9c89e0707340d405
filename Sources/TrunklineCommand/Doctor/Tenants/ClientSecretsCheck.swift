import Foundation
import Runtime
import Tenants

/// Client secrets by which the applications sign in to Dynamics, and how long they last by what the configuration says: Entra does not tell.
struct ClientSecretsCheck: DoctorCheck {
    static let name = "client secrets"

    func findings(_ patient: Patient) async throws -> [Finding] {
        guard patient.programs.path != nil else {
            return [.skipped(Self.name, patient.noFile)]
        }
        var findings: [Finding] = []
        var read = 0
        for tenant in patient.programs.elements(of: "tenants").compactMap({ try? TenantConfiguration($0) }) {
            for case .secret(let key, let end) in tenant.credentialEnds {
                read += 1
                if let finding = Self.judge(tenant.name, key: key, end: end, now: patient.now) { findings.append(finding) }
            }
        }
        guard findings.isEmpty else { return findings }
        return [.ok(Self.name, read == 0 ? "no tenant signs in by secret" : "all \(read) last for another 30 days at least")]
    }

    static func judge(_ tenant: String, key: String, end: Date?, now: Date) -> Finding? {
        guard let end else {
            return Finding(
                level: .skipped, check: name, text: "\(tenant): nothing says when its client secret ends",
                remedy: "look in Entra (Certificates & secrets) and write the day as \(key)")
        }
        return .ending(
            name, "\(tenant): the client secret of \(key)", at: end, now: now,
            remedy: "make a new secret in the app registration and add it as dynamics.second_client_secret_file; both are tried")
    }
}
