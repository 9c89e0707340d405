public import FoundationEssentials

/// Which Enreach user each user of Dynamics is, and what has to be written so that Dynamics says so.
///
/// Nobody is guessed: an address that two have on either side matches nobody until a human decides.
public struct PeopleMatching: Sendable, Hashable {
    /// What an operator decided for a user of Dynamics.
    public enum Choice: Sendable, Hashable {
        case enreachUser(UUID)
        case nobody
    }

    /// One user of Dynamics.
    public struct Match: Sendable, Hashable {
        public let user: DynamicsUser
        public let reason: MatchReason
        /// The Enreach user; nil unless matched.
        public let enreachID: UUID?
        /// Who else it could be, or whose fault it is: Enreach users where several have the address.
        public let candidates: [UUID]
        public let write: Write?

        public var state: MatchReason.State { reason.state }
        /// Whether the person's mobile calls can't find their owner.
        public var lacksMobile: Bool { state == .matched && user.mobile.e164 == nil }
    }

    /// What to do with the column Enreach User Id.
    public enum Write: Sendable, Hashable {
        case set(UUID)
        case clear
    }

    /// One user of Enreach.
    public struct Counterpart: Sendable, Hashable {
        public let person: EnreachPerson
        public let reason: MatchReason
        /// The user of Dynamics; nil unless matched.
        public let systemUserID: UUID?
    }

    public let matches: [Match]
    public let counterparts: [Counterpart]

    /// - Parameters:
    ///   - choices: what operators decided, by the id of the user of Dynamics; they win.
    ///   - written: the ids the hub itself wrote last, by the id of the user of Dynamics. An id that stands there and is not the hub's was
    ///     written by somebody who knew, and stays until an address says otherwise.
    public init(
        users: [DynamicsUser], enreach: [EnreachPerson], choices: [UUID: Choice] = [:], written: [UUID: UUID] = [:]
    ) {
        let desk = MatchingDesk(users: users, enreach: enreach, choices: choices, written: written)
        var found = users.map { desk.first($0) }
        desk.takeBackDoubleClaims(&found)
        desk.keepStandingIDs(&found)
        matches = zip(users, found).map { desk.match($0, $1) }
        counterparts = desk.counterparts(of: matches)
    }
}
