import Foundation
import Model
import Postgres

/// A user of Dynamics, as the listing shows it.
struct UserRow: Sendable, Named {
    var id: UUID
    var name: String
    var email: String?
    var enreachEmail: String?
    var mobile: String?
    /// Nil: user-sync has not looked yet.
    var state: String?
    var reason: String?
    var enreachID: UUID?
    var enreachName: String?
    var candidates: [UUID]
    var writeError: String?

    var addresses: [String] { [enreachEmail, email].compactMap(\.self) }

    init(_ row: Row) throws {
        (id, name, email, enreachEmail, mobile, state, reason, enreachID, enreachName, candidates, writeError) = try row.decode(
            UUID.self, String.self, String?.self, String?.self, String?.self, String?.self, String?.self, UUID?.self,
            String?.self, [UUID].self, String?.self)
    }
}

/// A user of Enreach.
struct EnreachRow: Sendable, Named {
    var id: UUID
    var name: String
    var email: String?
    var state: String
    var reason: String

    var addresses: [String] { [email].compactMap(\.self) }

    init(_ row: Row) throws {
        (id, name, email, state, reason) = try row.decode(UUID.self, String.self, String?.self, String.self, String.self)
    }
}

/// Who can be meant by an address or an id.
protocol Named {
    var id: UUID { get }
    var name: String { get }
    var addresses: [String] { get }
}

/// Reasons in words.
enum UserWords {
    static func reason(_ code: String) -> String { MatchReason(rawValue: code)?.words ?? code }

    static func reason(_ user: UserRow) -> String {
        var parts = [user.reason.map(reason) ?? "run `trunkline users sync`, or start user-sync"]
        if !user.candidates.isEmpty {
            parts.append("in question: " + user.candidates.map { $0.uuidString.lowercased() }.joined(separator: ", "))
        }
        if user.state == "matched", user.mobile == nil { parts.append("no mobile number in Dynamics") }
        if let error = user.writeError { parts.append("not written: \(error)") }
        return parts.joined(separator: "; ")
    }
}

extension UserFilter {
    func fits(_ user: UserRow) -> Bool {
        switch self {
        case .noMobile: user.state == "matched" && user.mobile == nil
        case .matched, .unmatched, .ambiguous: user.state == rawValue
        case .enreach: false
        }
    }
}
