/// What somebody may do in the console; each role may do what the one before it may.
package enum OperatorRole: String, Sendable, CaseIterable, Comparable {
    /// Sees everything.
    case viewer
    /// Acts on jobs and matches.
    case `operator`
    /// Changes settings, rules and operators.
    case administrator

    package static func < (a: OperatorRole, b: OperatorRole) -> Bool { a.rank < b.rank }

    private var rank: Int {
        switch self {
        case .viewer: 0
        case .operator: 1
        case .administrator: 2
        }
    }
}
