import Dynamics
package import Runtime

extension TenantConfiguration {
    /// Has the ends of the certificates by which the tenants' applications sign in shown. A client secret's end stands nowhere in it.
    package static func addCertificates(of tenants: [TenantConfiguration], to figures: CertificateFigures) {
        for tenant in tenants {
            for (index, credential) in tenant.dynamics.credentials.enumerated() {
                guard case .certificate(let file, _) = credential else { continue }
                figures.add("tenant \(tenant.name): dynamics\(index == 0 ? "" : " \(index + 1)")", file: file)
            }
        }
    }
}
