/// Why a user has, or has not, its counterpart at the other vendor.
public enum MatchReason: String, Sendable, Hashable, CaseIterable {
    // Matched.
    /// An operator said so.
    case byHand = "by_hand"
    /// Enreach User Email is the address of this one Enreach user.
    case byEnreachEmail = "enreach_email"
    /// The e-mail address in Dynamics is the address of this one Enreach user.
    case byEmail = "email"
    /// The id was written in Dynamics by somebody else, and no address says otherwise.
    case byStandingID = "id_in_dynamics"

    // Not matched.
    /// The user of Dynamics has no e-mail address.
    case noEmail = "no_email"
    /// No Enreach user has the address.
    case noEnreachUser = "no_enreach_user"
    /// No user of Dynamics has the Enreach user's address.
    case noDynamicsUser = "no_dynamics_user"
    /// The user of Dynamics is disabled.
    case disabled = "disabled"
    /// An operator said that the user is nobody in Enreach.
    case nobodyByHand = "nobody_by_hand"
    /// The Enreach user that an operator chose is gone.
    case chosenIsGone = "chosen_is_gone"
    /// The user is there no more.
    case gone

    // Ambiguous.
    /// Several Enreach users have the address.
    case severalEnreachUsers = "several_enreach_users"
    /// Several users of Dynamics have the address.
    case severalDynamicsUsers = "several_dynamics_users"
    /// Several users of Dynamics carry the same Enreach User Id, and no address decides.
    case idTwice = "id_twice"

    public enum State: String, Sendable, Hashable, CaseIterable {
        case matched, unmatched, ambiguous
    }

    public var state: State {
        switch self {
        case .byHand, .byEnreachEmail, .byEmail, .byStandingID: .matched
        case .noEmail, .noEnreachUser, .noDynamicsUser, .disabled, .nobodyByHand, .chosenIsGone, .gone: .unmatched
        case .severalEnreachUsers, .severalDynamicsUsers, .idTwice: .ambiguous
        }
    }

    /// What an administrator should know, and do.
    public var words: String {
        switch self {
        case .byHand: "chosen by hand"
        case .byEnreachEmail: "by Enreach User Email"
        case .byEmail: "by e-mail"
        case .byStandingID: "by the id that stands in Dynamics"
        case .noEmail: "has no e-mail address in Dynamics: fill it, or Enreach User Email"
        case .noEnreachUser: "no Enreach user has this e-mail: fill Enreach User Email"
        case .noDynamicsUser: "no user of Dynamics has this e-mail: fill Enreach User Email there"
        case .disabled: "is disabled in Dynamics"
        case .nobodyByHand: "nobody in Enreach, chosen by hand"
        case .chosenIsGone: "the Enreach user chosen by hand is gone: choose another or clear the choice"
        case .gone: "is there no more"
        case .severalEnreachUsers: "several Enreach users have this e-mail: choose one with `trunkline users set`"
        case .severalDynamicsUsers: "several users of Dynamics have this e-mail: choose one with `trunkline users set`"
        case .idTwice: "several users of Dynamics carry this Enreach User Id: choose one with `trunkline users set`"
        }
    }
}
