import Foundation
import Model
import Operations
import Tenants

/// Addresses of records in the tenant's Dynamics (the vendor's page "Open apps, forms, views, dialogs, and reports with a URL").
enum DynamicsLink {
    /// Nil when the tenant's address is not known, or is none that a link may lead to.
    static func record(_ table: String, _ id: UUID, of tenant: Tenant?) -> String? {
        guard let base = tenant?.dynamicsURL.flatMap(EnvironmentAddress.origin) else { return nil }
        return Query().setting("pagetype", "entityrecord").setting("etn", table).setting("id", id.lowercase).link(
            "\(base)/main.aspx")
    }
}
