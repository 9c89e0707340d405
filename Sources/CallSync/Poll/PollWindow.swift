import FoundationEssentials
import Model

/// The stretch of time of change that is asked for at once.
struct PollWindow: Sendable, Hashable {
    let from: Date
    let to: Date
    /// False while catching up: more windows follow at once.
    let isLast: Bool

    /// The next window after what was read so far.
    ///
    /// Our clock is not trusted: the mark is by the vendor's clock, and the last window ends a day in our future, so that a clock that is
    /// wrong by minutes or hours on either side loses nothing.
    ///
    /// - Parameters:
    ///   - mark: how far was read, by the vendor's clock. Nil: never.
    ///   - stretch: how many slices are read at once while catching up.
    init(after mark: Date?, now: Date, settings: Settings, stretch: Int = 1) {
        let slice = Double(settings.pollSlice * 60)
        from =
            mark?.addingTimeInterval(-Double(settings.pollOverlap))
            ?? now.addingTimeInterval(-Double(settings.initialLookBack) * 3600)
        if now.timeIntervalSince(from) > slice + 3600 {
            let length = min(slice * Double(stretch), now.timeIntervalSince(from))
            to = from.addingTimeInterval(max(length, Double(settings.pollOverlap) + 1))
            isLast = false
        } else {
            to = max(now, from).addingTimeInterval(86_400)
            isLast = true
        }
    }

    /// How many slices the next window of a catch-up takes, after one that brought so many calls: quiet nights go by in few questions, busy
    /// hours in answers of a size that is easily taken in.
    static func stretch(after stretch: Int, calls: Int) -> Int {
        if calls < 250 { return min(stretch * 2, 24) }
        return calls > 2000 ? max(stretch / 2, 1) : stretch
    }

    /// How far was read once this window is taken in.
    ///
    /// - Parameters:
    ///   - serverTime: when the vendor answered, by its own clock.
    ///   - latestChange: the latest change in the answer.
    func mark(serverTime: Date?, latestChange: Date?, before: Date?) -> Date {
        // Whatever our clock says, nothing can have been read that the vendor's had not reached.
        guard isLast else { return min(to, serverTime ?? to) }
        let reached = serverTime ?? latestChange ?? before ?? from
        return max(reached, before ?? reached)
    }
}
