package import Foundation
package import Runtime

/// Where the end of a credential is told by which a tenant's application signs in to Dynamics.
package enum CredentialEnd: Sendable, Hashable {
    /// In the certificate itself.
    case certificate(file: String)
    /// In the configuration, under this key: neither a secret nor Entra tells it. Nil: nowhere.
    case secret(key: String, end: Date?)
}

extension TenantConfiguration {
    /// Has the ends of the credentials shown by which the tenants' applications sign in.
    package static func addEnds(of tenants: [TenantConfiguration], to figures: CredentialFigures) {
        for tenant in tenants {
            for (index, credential) in tenant.credentialEnds.enumerated() {
                let name = "tenant \(tenant.name): dynamics\(index == 0 ? "" : " \(index + 1)")"
                switch credential {
                case .certificate(let file): figures.add(name, file: file)
                case .secret(_, let end): if let end { figures.add(name, end: end) }
                }
            }
        }
    }
}
