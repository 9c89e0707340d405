import FoundationEssentials
import Model

/// From when on a poll asks for the requests of a list. Pure.
struct CallbackPollWindow: Sendable, Hashable {
    let start: Date
    /// Requests made between the last poll and the start are not asked for: that poll was too long ago.
    let leavesGap: Bool
    /// Made before this they count only where the profile was in force.
    private let age: Date
    private let off: [Range<Date>]

    /// How far a profile without polling looks back when it begins to work.
    static let catchUp: TimeInterval = 7 * 86_400
    /// How far a poll looks back at most for what was made since the last one, where Callback Age is not longer.
    static let longest: TimeInterval = 31 * 86_400
    /// Requests show late, so windows overlap.
    static let overlap: TimeInterval = 60

    /// Nil: the list is not to be polled.
    ///
    /// - Parameters:
    ///   - now: by the vendor's clock; ours may be wrong by more than a short Callback Age.
    ///   - polledUntil: up to when the list was asked for the last time, by the same clock. Nil: never.
    ///   - off: when the profile was switched off, or deleted, since then.
    ///   - mustCatchUp: the list was not read since the profile changed, or since it could not work.
    init?(_ profile: CallbackProfile, now: Date, polledUntil: Date?, off: [Range<Date>] = [], mustCatchUp: Bool) {
        guard let lookBack = profile.lookBack.map(TimeInterval.init) else {
            guard mustCatchUp else { return nil }
            start = now.addingTimeInterval(-Self.catchUp)
            leavesGap = false
            (age, self.off) = (start, [])
            return
        }
        let asked = now.addingTimeInterval(-lookBack)
        (age, self.off) = (asked, off)
        guard let polledUntil, polledUntil < asked else {
            start = asked
            leavesGap = false
            return
        }
        // Nobody polled for longer than Callback Age: what was made meanwhile is asked for all the same.
        let furthest = now.addingTimeInterval(-max(lookBack, Self.longest))
        start = max(furthest, polledUntil.addingTimeInterval(-Self.overlap))
        leavesGap = polledUntil < furthest
    }

    init?(_ profile: CallbackProfile, _ situation: ProfileSituation, now: Date, mustCatchUp: Bool) {
        self.init(
            profile, now: now, polledUntil: situation.polledUntil[profile.id], off: situation.off[profile.id] ?? [],
            mustCatchUp: mustCatchUp)
    }

    /// Whether a request that was made then is one of those that are asked for.
    ///
    /// What was made while the profile was switched off on purpose does not come in with it, unless it is younger than Callback Age. Times of
    /// the two clocks differ: in doubt it does.
    func holds(_ madeAt: Date) -> Bool {
        guard madeAt >= start else { return false }
        return madeAt >= age
            || !off.contains {
                $0.lowerBound.addingTimeInterval(Self.overlap) <= madeAt
                    && madeAt < $0.upperBound.addingTimeInterval(-Self.overlap)
            }
    }
}
