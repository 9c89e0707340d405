import FoundationEssentials

/// The steps of ``PeopleMatching``.
struct MatchingDesk {
    /// What is found for one user of Dynamics.
    struct Found {
        var reason: MatchReason
        var enreachID: UUID?
        var candidates: [UUID] = []
    }

    let users: [DynamicsUser]
    let enreach: [EnreachPerson]
    let choices: [UUID: PeopleMatching.Choice]
    let written: [UUID: UUID]
    private let known: Set<UUID>
    private let byEmail: [EmailKey: [UUID]]
    /// Enreach users that an operator gave to somebody who can have them.
    private let given: Set<UUID>

    init(
        users: [DynamicsUser], enreach: [EnreachPerson], choices: [UUID: PeopleMatching.Choice], written: [UUID: UUID]
    ) {
        self.users = users
        self.enreach = enreach
        self.choices = choices
        self.written = written
        let known = Set(enreach.map(\.id))
        self.known = known
        byEmail = enreach.reduce(into: [:]) { all, person in
            if let key = EmailKey(person.email), all[key]?.contains(person.id) != true { all[key, default: []].append(person.id) }
        }
        given = Set(
            users.compactMap { user in
                guard !user.isDisabled, case .enreachUser(let id)? = choices[user.id], known.contains(id) else { return nil }
                return id
            })
    }

    /// By choice or by address, each user for itself.
    func first(_ user: DynamicsUser) -> Found {
        if user.isDisabled { return Found(reason: .disabled) }
        switch choices[user.id] {
        case .nobody?: return Found(reason: .nobodyByHand)
        case .enreachUser(let id)?:
            return known.contains(id) ? Found(reason: .byHand, enreachID: id) : Found(reason: .chosenIsGone, candidates: [id])
        case nil: break
        }
        let own = EmailKey(user.enreachEmail)
        guard let key = own ?? EmailKey(user.email) else { return Found(reason: .noEmail) }
        // Whom an operator gave to somebody is nobody else's.
        let candidates = (byEmail[key] ?? []).filter { !given.contains($0) }
        switch candidates.count {
        case 0: return Found(reason: .noEnreachUser)
        case 1: return Found(reason: own == nil ? .byEmail : .byEnreachEmail, enreachID: candidates[0], candidates: candidates)
        default: return Found(reason: .severalEnreachUsers, candidates: candidates)
        }
    }

    /// An Enreach user that several claim is nobody's, unless an operator said whose.
    func takeBackDoubleClaims(_ found: inout [Found]) {
        var claims: [UUID: [Int]] = [:]
        for (place, one) in found.enumerated() {
            if let id = one.enreachID { claims[id, default: []].append(place) }
        }
        for (id, places) in claims where places.count > 1 {
            for place in places {
                found[place] = Found(reason: .severalDynamicsUsers, candidates: [id])
            }
        }
    }

    /// An id that somebody else wrote stays where no address says otherwise, and where it is one of several with the address: whoever
    /// wrote it knew. It must be that of an Enreach user nobody else is.
    func keepStandingIDs(_ found: inout [Found]) {
        let taken = Set(
            found.flatMap { $0.reason == .severalEnreachUsers ? [] : $0.candidates + [$0.enreachID].compactMap(\.self) })
        var standing: [UUID: [Int]] = [:]
        for (place, user) in users.enumerated() {
            guard let id = Self.id(user.enreachID), known.contains(id), !taken.contains(id), written[user.id] != id else {
                continue
            }
            switch found[place].reason {
            case .noEmail, .noEnreachUser: break
            case .severalEnreachUsers where found[place].candidates.contains(id): break
            default: continue
            }
            standing[id, default: []].append(place)
        }
        for (id, places) in standing {
            for place in places {
                found[place] =
                    places.count == 1
                    ? Found(reason: .byStandingID, enreachID: id) : Found(reason: .idTwice, candidates: [id])
            }
        }
    }

    func match(_ user: DynamicsUser, _ found: Found) -> PeopleMatching.Match {
        PeopleMatching.Match(
            user: user, reason: found.reason, enreachID: found.enreachID, candidates: found.candidates, write: write(user, found))
    }

    /// Nothing is written that stands there already, and nothing where only a human can tell who is meant.
    private func write(_ user: DynamicsUser, _ found: Found) -> PeopleMatching.Write? {
        let standing = user.enreachID?.trimmingBlanks() ?? ""
        if let id = found.enreachID { return Self.id(standing) == id && standing == id.lowercase ? nil : .set(id) }
        if standing.isEmpty || found.reason == .idTwice { return nil }
        return .clear
    }

    func counterparts(of matches: [PeopleMatching.Match]) -> [PeopleMatching.Counterpart] {
        var owner: [UUID: PeopleMatching.Match] = [:]
        var trouble: [UUID: MatchReason] = [:]
        for match in matches {
            if let id = match.enreachID { owner[id] = match }
            if match.state == .ambiguous { for id in match.candidates { trouble[id] = match.reason } }
        }
        // Two of one address are in each other's way even when no user of Dynamics asks for it.
        return enreach.map { person in
            if let match = owner[person.id] {
                return .init(person: person, reason: match.reason, systemUserID: match.user.id)
            }
            return .init(person: person, reason: trouble[person.id] ?? .noDynamicsUser, systemUserID: nil)
        }
    }

    private static func id(_ text: String?) -> UUID? { text.flatMap { UUID(uuidString: $0.trimmingBlanks()) } }
}
