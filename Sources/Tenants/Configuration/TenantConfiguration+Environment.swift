import Dynamics
import Foundation

extension TenantConfiguration {
    /// Where the tenant's Dynamics is, as ``EnvironmentAddress`` has it; nil when it can't be a link.
    var environment: String? { EnvironmentAddress.origin(dynamics.url) }
}

/// Addresses of Dynamics environments that links may lead to.
package enum EnvironmentAddress {
    /// Scheme, host and port alone: `https://contoso.crm4.dynamics.com`. Nil for what is neither https nor http to this machine.
    package static func origin(_ address: String) -> String? {
        guard let parts = URLComponents(string: address), let scheme = parts.scheme?.lowercased(),
            let host = parts.host?.lowercased(),
            host.wholeMatch(of: /[a-z0-9.-]+|\[[0-9a-f:]+\]/) != nil, parts.user == nil, parts.password == nil
        else { return nil }
        let isHere = ["localhost", "127.0.0.1", "[::1]"].contains(host)
        guard scheme == "https" || scheme == "http" && isHere else { return nil }
        return "\(scheme)://\(host)\(parts.port.map { ":\($0)" } ?? "")"
    }
}
