package import Foundation
import Model
package import Postgres

/// A user of Dynamics, as the listing shows it.
package struct UserRow: Sendable, Named {
    package var id: UUID
    package var name: String
    package var email: String?
    package var enreachEmail: String?
    package var mobile: String?
    /// Nil: user-sync has not looked yet.
    package var state: String?
    package var reason: String?
    package var enreachID: UUID?
    package var enreachName: String?
    package var candidates: [UUID]
    package var writeError: String?

    package var addresses: [String] { [enreachEmail, email].compactMap(\.self) }

    package init(_ row: Row) throws {
        (id, name, email, enreachEmail, mobile, state, reason, enreachID, enreachName, candidates, writeError) = try row.decode(
            UUID.self, String.self, String?.self, String?.self, String?.self, String?.self, String?.self, UUID?.self,
            String?.self, [UUID].self, String?.self)
    }
}

/// A user of Enreach.
package struct EnreachRow: Sendable, Named {
    package var id: UUID
    package var name: String
    package var email: String?
    package var state: String
    package var reason: String

    package var addresses: [String] { [email].compactMap(\.self) }

    package init(_ row: Row) throws {
        (id, name, email, state, reason) = try row.decode(UUID.self, String.self, String?.self, String.self, String.self)
    }
}

/// Who can be meant by an address or an id.
package protocol Named {
    var id: UUID { get }
    var name: String { get }
    var addresses: [String] { get }
}

/// Reasons in words.
package enum UserWords {
    package static func reason(_ code: String) -> String { MatchReason(rawValue: code)?.words ?? code }

    package static func reason(_ user: UserRow) -> String {
        var parts = [user.reason.map(reason) ?? "run `trunkline users sync`, or start user-sync"]
        if !user.candidates.isEmpty {
            parts.append("in question: " + user.candidates.map { $0.uuidString.lowercased() }.joined(separator: ", "))
        }
        if user.state == "matched", user.mobile == nil { parts.append("no mobile number in Dynamics") }
        if let error = user.writeError { parts.append("not written: \(error)") }
        return parts.joined(separator: "; ")
    }
}
