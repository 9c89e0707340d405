/// Which jobs go first: of the jobs that are ready, those of a smaller lane are claimed before those of a larger one.
///
/// Nothing starves: one claim in sixteen begins with another lane.
public enum Lane: Int16, Sendable, CaseIterable, Comparable {
    case live = 0
    case callback = 1
    case late = 2
    case backfill = 3

    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}
