import Foundation
import Runtime
import Tenants

/// Client secrets by which the applications sign in to Dynamics, and how long they last by what the configuration says: Entra does not tell.
struct ClientSecretsCheck: DoctorCheck {
    static let name = "client secrets"

    func findings(_ patient: Patient) async throws -> [Finding] {
        patient.findings(onEndsFor: Self.name, nobody: "no tenant signs in by secret") { tenant, end in
            guard case .secret(let key, let end) = end else { return nil }
            return Self.judge(tenant, key: key, end: end, now: patient.now).map { [$0] } ?? []
        }
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
