package import Foundation
package import Postgres

/// A row of `hub.operator`, without its password.
package struct OperatorAccount: Sendable {
    package let id: Int32
    package let name: String
    package let role: OperatorRole
    /// Nil: a local operator.
    package let issuer: String?
    package let disabledAt: Date?
    /// Wrong passwords since the last right one.
    package let failures: Int32
    package let lockedUntil: Date?
    package let signedInAt: Date?
    package let createdAt: Date
    package let createdBy: String

    package var isLocal: Bool { issuer == nil }
    package var isEnabled: Bool { disabledAt == nil }

    package init(_ row: Row) throws {
        let roleName: String
        (id, name, roleName, issuer, disabledAt, failures, lockedUntil, signedInAt, createdAt, createdBy) = try row.decode(
            Int32.self, String.self, String.self, String?.self, Date?.self, Int32.self, Date?.self, Date?.self, Date.self,
            String.self)
        role = OperatorRole(rawValue: roleName) ?? .viewer
    }
}
