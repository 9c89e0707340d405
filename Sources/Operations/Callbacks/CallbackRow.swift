package import Foundation
import Model

/// A callback request, as far as a person wants to know.
package struct CallbackRow: Sendable {
    package var tenant: String
    package var tenantID: Int32
    package var id: UUID
    package var state: String
    package var reason: String?
    package var list: String
    package var number: String?
    package var calledNumber: String?
    package var callID: UUID?
    package var requestedAt: Date
    package var dueAt: Date?
    package var note: String?
    package var enreachState: String
    package var enreachResult: String?
    package var firstSeenAt: Date
    package var polledAt: Date?
    package var toldAt: Date?
    package var activityID: UUID
    package var recordState: String?
    package var bundleID: UUID?
    package var ignoredFor: UUID?
    package var profile: String?
    package var profileVersion: Int32?
    package var queue: String?
    /// The same in Dynamics.
    package var queueID: UUID?
    package var ownerName: String?
    package var ownerRule: String?
    package var regardingTable: String?
    package var regardingID: UUID?
    /// How the other party was looked for, as a code. Nil: nobody was, or by a program that did not say.
    package var matchRule: String?
    package var writtenAt: Date?
    package var closeState: String?
    package var closedAt: Date?
    package var settingVersion: Int32?
    package var errorCode: String?
    package var errorText: String?

    package var regarding: String? {
        regardingTable.flatMap { table in regardingID.map { "\(table) \($0.lowercase)" } }
    }

    package var reasonInWords: String? {
        reason.map { CallbackReason(rawValue: $0)?.sentence ?? "Reason: \($0)." }
    }

    package var ownerRuleInWords: String? {
        switch ownerRule.flatMap(CallbackOwner.Rule.init) {
        case .apiUser: "the application user, as the profile says"
        case .queueOwner: "the owner of the queue, as the profile says"
        case .queueWithoutOwner: "the queue has no owner: DefaultCrmAssignee, else the application user"
        case .queueOwnerDisabled: "the owner of the queue is disabled: DefaultCrmAssignee, else the application user"
        case .ownerRefused: "Dynamics would not give it to the owner found: the application user"
        case nil: ownerRule
        }
    }

    package var closeInWords: String? {
        let at = closedAt.map { " \(PlainTime.seconds($0))" } ?? ""
        switch closeState {
        case "due": return "the hub is about to close it"
        case "done": return "closed by the hub\(at)"
        case "elsewhere": return "closed by somebody else\(at), as \(enreachResult ?? "?")"
        case "refused": return "Enreach refuses to close it; the phone call stands all the same"
        case "gone": return "Enreach has it no more"
        default: return nil
        }
    }
}
