package import Foundation

/// A row of `hub.tenant`.
package struct Tenant: Sendable, Hashable {
    package let id: Int32
    package let name: String
    package let enabled: Bool
    package let region: String?
    package let settingVersion: Int32
    package let peopleReadAt: Date?
    package let createdAt: Date
    /// Where its Dynamics is, as its programs have written it down; nil: none has yet.
    package let dynamicsURL: String?
}
