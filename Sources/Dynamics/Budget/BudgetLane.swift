/// The order in which requests get at the shared budget of a tenant; a lower lane always goes first.
///
/// The raw values are those of the job table's lanes.
public enum BudgetLane: Int16, Sendable, Hashable, CaseIterable, Comparable {
    /// A call that has just ended.
    case live = 0
    /// A callback request.
    case callback = 1
    /// Late data of a call that is written already.
    case late = 2
    /// History; takes only what the others leave, and never the last of it.
    case backfill = 3

    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}
