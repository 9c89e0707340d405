import Foundation
import Model

extension CallRow {
    /// Who called whom, as the numbers stand.
    package var fromTo: (from: String?, to: String?) {
        direction == Direction.inbound.rawValue ? (otherNumber, ownNumber) : (ownNumber, otherNumber)
    }

    /// Why the call is in its state, in a sentence; nil when the state says it all.
    package var reasonInWords: String? {
        guard let reason else { return nil }
        return SkipReason(rawValue: reason)?.sentence ?? StateReason(rawValue: reason)?.sentence ?? reason
    }

    /// How the owner was found.
    package var ownerRuleInWords: String? {
        guard let ownerRule else { return nil }
        guard let rule = Owner.Rule(rawValue: ownerRule) else { return ownerRule }
        return switch rule {
        case .enreachID: "the Dynamics user that carries the Enreach user's id"
        case .mobileNumber: "the Dynamics user with this mobile number"
        case .defaultEnreachID: "DefaultCrmAssignee, as an Enreach user id"
        case .defaultSystemUser: "DefaultCrmAssignee, as a Dynamics user's id"
        case .none: "nobody was found, the application user keeps it"
        }
    }
}
