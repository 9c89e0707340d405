/// One part of the solution, and what was found of it.
package struct SolutionFinding: Sendable, Hashable {
    package enum State: String, Sendable, Hashable, CaseIterable {
        /// As wanted.
        case present
        /// Not there; `install` makes it.
        case missing
        /// There and being built by Dynamics.
        case pending
        /// There, but not as wanted; `install` leaves it alone.
        case different
        /// There, but Dynamics does not show whether all of it is as wanted; `install` writes it again.
        case unreadable
        /// Can neither be made nor seen through the interfaces: made by hand, once.
        case manual
        /// The environment does not offer it; the hub does without.
        case unavailable
    }

    package let part: SolutionPart
    package let state: State
    /// What was found, one line.
    package let found: String
    /// What to do about it; nil where nothing has to be done.
    package let remedy: String?

    package init(_ part: SolutionPart, _ state: State, _ found: String, remedy: String? = nil) {
        self.part = part
        self.state = state
        self.found = found
        self.remedy = remedy
    }

    /// Whether the hub can't do its work as long as it stays so.
    package var isFailure: Bool { state == .missing || state == .different }

    /// Whether `install` makes it or writes it again.
    package var isPlanned: Bool { state == .missing || state == .unreadable }
}
