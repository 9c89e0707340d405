import Foundation

/// A row of `hub.tenant`.
struct Tenant: Sendable, Hashable {
    let id: Int32
    let name: String
    let enabled: Bool
    let region: String?
    let settingVersion: Int32
    let peopleReadAt: Date?
    let createdAt: Date
}
