import FoundationEssentials

extension CallFacts {
    /// Folds the legs of one call; they must be in the order of ``CallLeg/merge(known:received:)``.
    ///
    /// - Parameter number: reads a number as the tenant's region has it.
    public init(folding legs: [CallLeg], hasID: Bool = true, number: (String?) -> PhoneNumber = { PhoneNumber($0) }) {
        let first = legs.first ?? CallLeg(source: .user, direction: .inbound, privacy: .undefined, answered: false)
        let own = number(first.direction == .inbound ? first.to : first.from)
        let other = number(first.direction == .inbound ? first.from : first.to)
        let answeredLegs = Self.answered(legs)
        let startedAt = legs.lazy.compactMap(\.startedAt).min()
        let latest = legs.lazy.compactMap(\.end).max()
        let user = Self.user(of: legs)
        let queue = legs.first { $0.queueName != nil } ?? legs.first { $0.queueID != nil }
        self.init(
            privacy: Self.privacy(of: legs), direction: first.direction, answered: !answeredLegs.isEmpty, startedAt: startedAt,
            endedAt: latest.map { max($0, startedAt ?? $0) }, talkSeconds: Self.talkSeconds(answeredLegs), own: own, other: other,
            userID: user?.userID, userName: user?.userName, queueID: queue?.queueID, queueName: queue?.queueName,
            recordingIDs: Self.distinct(legs, \.recordingIDs), transcriptIDs: Self.distinct(legs, \.transcriptIDs),
            modifiedAt: legs.lazy.compactMap(\.modifiedAt).max())
        oddities = Self.oddities(of: legs, startedAt: startedAt, numbers: [own, other], hasID: hasID)
    }

    /// The most private leg decides; a service queue's call is always work, so a user's leg that is not classed does not hide it. The leg of a user's
    /// own work number (which is not classed) says nothing.
    private static func privacy(of legs: [CallLeg]) -> Privacy {
        if legs.contains(where: { $0.privacy == .private }) { return .private }
        if legs.contains(where: { $0.source == .queue && $0.privacy == .work }) { return .work }
        let users = legs.filter { $0.source == .user }
        return !users.isEmpty && users.allSatisfy { $0.privacy == .work } ? .work : .undefined
    }

    /// Users' legs know the talk best; a queue's leg, which lasts as long as all of them, counts only when no user's does.
    private static func answered(_ legs: [CallLeg]) -> [CallLeg] {
        let users = legs.filter { $0.answered && $0.source == .user }
        return users.isEmpty ? legs.filter(\.answered) : users
    }

    private static func talkSeconds(_ legs: [CallLeg]) -> Int {
        if legs.count == 1 { return legs[0].talkSeconds }
        var total = 0.0
        var until = Date.distantPast
        for talk in legs.compactMap(\.talk).sorted(by: { $0.lowerBound < $1.lowerBound }) where talk.upperBound > until {
            total += talk.upperBound.timeIntervalSince(max(talk.lowerBound, until))
            until = talk.upperBound
        }
        let untimed = legs.filter { $0.talk == nil }.map(\.talkSeconds).max() ?? 0
        return max(Int(total.rounded()), untimed)
    }

    private static func user(of legs: [CallLeg]) -> CallLeg? {
        let withUser = legs.filter { $0.userID != nil || $0.userName != nil }
        let talked = withUser.filter(\.answered)
        // Of equals the last: who was given the call.
        if let longest = talked.map(\.talkSeconds).max() {
            let candidates = talked.filter { $0.talkSeconds == longest }
            return candidates.last { $0.source == .user } ?? candidates.last
        }
        return Set(withUser.map { $0.userID }).count == 1 ? withUser.first : nil
    }

    private static func distinct(_ legs: [CallLeg], _ ids: (CallLeg) -> [UUID]) -> [UUID] {
        var all: [UUID] = []
        for id in legs.lazy.flatMap(ids) where !all.contains(id) { all.append(id) }
        return all
    }

    private static func oddities(of legs: [CallLeg], startedAt: Date?, numbers: [PhoneNumber], hasID: Bool) -> Set<Oddity> {
        var found: Set<Oddity> = []
        if !hasID { found.insert(.noID) }
        if startedAt == nil { found.insert(.noTime) }
        for leg in legs {
            if (leg.seconds ?? 0) < 0 { found.insert(.negativeDuration) }
            if (leg.seconds ?? 0) > CallLeg.longestTalk { found.insert(.endlessDuration) }
            if let start = leg.startedAt, let end = leg.endedAt, end < start { found.insert(.endBeforeStart) }
        }
        if numbers.contains(where: { $0.kind == .unreadable }) { found.insert(.unreadableNumber) }
        return found
    }
}
