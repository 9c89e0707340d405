package import Foundation
import Model

/// Everything the hub knows about one person: what `why` tells.
package struct PersonStory: Sendable {
    package var tenant: String
    /// The user of Dynamics. Nil: an Enreach user whom nobody is, or a user whom Dynamics shows no more.
    package var user: PersonRow?
    /// The Enreach users that the person is, or may be; those who are gone too.
    package var enreach: [EnreachPersonRow]
    /// Oldest first; Enreach users have none of their own.
    package var events: [StoryEvent]
    /// Of whom nothing but the story is left: the id in Dynamics.
    package var formerID: UUID?
}

/// The row of `hub.person`, as far as a person wants to know.
package struct PersonRow: Sendable {
    package var tenant: String
    package var tenantID: Int32
    package var id: UUID
    package var name: String
    package var email: String?
    package var enreachEmail: String?
    package var mobile: String?
    package var isDisabled: Bool
    /// Nil: user-sync has not looked yet.
    package var state: String?
    package var reason: String?
    package var matchedAt: Date?
    package var enreachID: UUID?
    /// Enreach users in question.
    package var candidates: [UUID]
    /// The id that the hub wrote in Dynamics.
    package var writtenID: UUID?
    package var writeError: String?
    /// What an operator chose, if one did.
    package var choice: Choice?

    package struct Choice: Sendable {
        /// Nil: nobody.
        package var enreachID: UUID?
        package var by: String
        package var at: Date
        package var note: String?
    }

    /// Enreach users that the person is, or may be.
    package var counterparts: [UUID] { [enreachID].compactMap(\.self) + candidates }
}

/// The row of `hub.enreach_user`.
package struct EnreachPersonRow: Sendable {
    package var tenant: String
    package var tenantID: Int32
    package var id: UUID
    package var name: String
    package var email: String?
    package var state: String
    package var reason: String
    /// Nil: Enreach shows the user.
    package var goneAt: Date?
}

extension PersonStory {
    package var name: String { user?.name ?? enreach.first?.name ?? "unknown" }
    package var state: String { user.map { $0.state ?? "not looked at" } ?? enreach.first?.state ?? "unmatched" }
    package var reason: String? { user == nil ? enreach.first?.reason ?? "gone" : user?.reason }

    /// Why it is so, and what to do about it.
    package var reasonInWords: String {
        guard let user else {
            return enreach.first.map(Self.words) ?? "Dynamics shows no user of this id any more"
        }
        var parts = [user.reason.map(UserWords.reason) ?? "run `trunkline users sync`, or start user-sync"]
        if user.state == "matched", user.mobile == nil { parts.append("no mobile number in Dynamics") }
        return parts.joined(separator: "; ")
    }

    private static func words(_ user: EnreachPersonRow) -> String {
        user.goneAt.map { "Enreach shows the user no more since \(PlainTime.seconds($0))" } ?? UserWords.reason(user.reason)
    }

    /// What happened, and why.
    package static func sentence(_ event: StoryEvent) -> String {
        let state =
            switch event.event {
            case "matched": "Is somebody in Enreach"
            case "unmatched": "Is nobody in Enreach"
            case "ambiguous": "Nobody can tell who it is in Enreach"
            default: event.event
            }
        return state + (event.reason.map { ": \(UserWords.reason($0))" } ?? "") + "."
    }
}
