/// A length of time in whole units, as people type it: `14 days`, `36h`, `90 min`, `2 weeks`.
public struct Span: Sendable, Hashable, CustomStringConvertible {
    /// The text as it was given.
    public let description: String
    public let duration: Duration

    /// Nil for anything but a whole number greater than 0 and a unit: minutes, hours, days (of 24 hours) or weeks, up to 100 years.
    public init?(_ text: String) {
        guard let match = text.wholeMatch(of: /\s*([0-9]{1,9})\s*([A-Za-z]+)\s*/), let count = Int64(match.1), count > 0,
            let seconds = Self.units[match.2.lowercased()], count <= Self.most / seconds
        else { return nil }
        description = text
        duration = .seconds(count * seconds)
    }

    private static let most: Int64 = 36_525 * 86_400

    private static let units: [String: Int64] = [
        "m": 60, "min": 60, "mins": 60, "minute": 60, "minutes": 60,
        "h": 3600, "hour": 3600, "hours": 3600,
        "d": 86_400, "day": 86_400, "days": 86_400,
        "w": 604_800, "week": 604_800, "weeks": 604_800,
    ]
}
