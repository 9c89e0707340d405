import Foundation
import Model

/// A callback request, as far as a person wants to know.
struct CallbackRow: Sendable {
    var tenant: String
    var tenantID: Int32
    var id: UUID
    var state: String
    var reason: String?
    var list: String
    var number: String?
    var calledNumber: String?
    var callID: UUID?
    var requestedAt: Date
    var dueAt: Date?
    var note: String?
    var enreachState: String
    var enreachResult: String?
    var firstSeenAt: Date
    var polledAt: Date?
    var toldAt: Date?
    var activityID: UUID
    var recordState: String?
    var bundleID: UUID?
    var ignoredFor: UUID?
    var profile: String?
    var profileVersion: Int32?
    var queue: String?
    var ownerName: String?
    var ownerRule: String?
    var regarding: String?
    var writtenAt: Date?
    var closeState: String?
    var closedAt: Date?
    var settingVersion: Int32?
    var errorCode: String?
    var errorText: String?

    static func table(_ rows: [CallbackRow]) -> Table {
        var table = Table(
            "callback", "tenant", "requested_at", "list", "number", "state", "reason", "record", "enreach", "profile")
        for row in rows {
            table.append(
                .text(row.id.lowercase), .text(row.tenant), .time(row.requestedAt), .text(row.list), .text(row.number),
                .text(row.state), .text(row.reason), .text(row.recordState), .text(row.enreachState), .text(row.profile))
        }
        return table
    }

    var reasonInWords: String? {
        reason.map { CallbackReason(rawValue: $0)?.sentence ?? "Reason: \($0)." }
    }

    var ownerRuleInWords: String? {
        switch ownerRule.flatMap(CallbackOwner.Rule.init) {
        case .apiUser: "the application user, as the profile says"
        case .queueOwner: "the owner of the queue, as the profile says"
        case .queueWithoutOwner: "the queue has no owner: DefaultCrmAssignee, else the application user"
        case .queueOwnerDisabled: "the owner of the queue is disabled: DefaultCrmAssignee, else the application user"
        case .ownerRefused: "Dynamics would not give it to the owner found: the application user"
        case nil: ownerRule
        }
    }

    var closeInWords: String? {
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
