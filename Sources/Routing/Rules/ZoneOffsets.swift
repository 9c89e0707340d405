import Foundation

/// How far a time zone's clocks are ahead of UTC, for all times from 2020 to 2045: taken from the system's rules once, so that a decision about a
/// time never depends on the machine it is made on again.
struct ZoneOffsets: Sendable, Hashable {
    private var starts: [Int64] = [.min]
    private var offsets: [Int64]

    /// Nil when there is no zone of this name.
    init?(_ name: String) {
        guard let zone = TimeZone(identifier: name) else { return nil }
        var at = Date(timeIntervalSince1970: Self.first)
        offsets = [Int64(zone.secondsFromGMT(for: at))]
        while let next = zone.nextDaylightSavingTimeTransition(after: at), next > at, next.timeIntervalSince1970 < Self.last {
            starts.append(Int64(next.timeIntervalSince1970))
            offsets.append(Int64(zone.secondsFromGMT(for: next)))
            at = next
        }
    }

    static let utc = ZoneOffsets(offset: 0)
    private init(offset: Int64) { offsets = [offset] }

    private static let first: Double = 1_577_836_800
    private static let last: Double = 2_366_841_600

    /// Seconds ahead of UTC at a time in seconds since 1970.
    func offset(at time: Int64) -> Int64 {
        var (low, high) = (0, starts.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if starts[middle] <= time { low = middle } else { high = middle }
        }
        return offsets[low]
    }
}
