import Foundation
import Model

/// Addresses of records in the tenant's Dynamics (the vendor's page "Open apps, forms, views, dialogs, and reports with a URL").
enum DynamicsLink {
    /// Nil when the tenant's address is not known.
    static func record(_ table: String, _ id: UUID, tenant: String, _ settings: ConsoleSettings) -> String? {
        guard let address = settings.dynamics[tenant], address.hasPrefix("https://") || address.hasPrefix("http://") else {
            return nil
        }
        let base = address.hasSuffix("/") ? String(address.dropLast()) : address
        return Query().setting("pagetype", "entityrecord").setting("etn", table).setting("id", id.lowercase).link(
            "\(base)/main.aspx")
    }
}
