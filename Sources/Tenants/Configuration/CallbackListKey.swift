import Crypto
import Foundation
import Model

/// The key that a tenant's Dynamics shows when it reads the callback lists: made from the hub's secret and the tenant's name, so that no
/// tenant's administrators, who can read it in their data source, learn what opens another tenant's lists.
package enum CallbackListKey {
    /// 43 characters of base64url: HMAC-SHA256 under the secret, over `trunkline callback lists/` and the tenant's name.
    package static func key(of tenant: String, secret: String) -> String {
        HMAC<SHA256>.authenticationCode(
            for: Data("trunkline callback lists/\(tenant)".utf8), using: SymmetricKey(data: Data(secret.utf8))
        ).base64URL
    }

    /// Whether what was shown is the tenant's key; without a secret nothing is. Takes a time that tells nothing about where they differ.
    package static func isKey(_ shown: String, of tenant: String, secret: String) -> Bool {
        !secret.isEmpty && WebhookEvent.isSame(shown, key(of: tenant, secret: secret))
    }
}
