/// A set of calls: for each facet that matters, the values it may have. A facet that is not named may have any.
struct Box: Sendable, Hashable {
    private(set) var sides: [Int: BitSet] = [:]

    init() {}

    subscript(facet: Int) -> BitSet? { sides[facet] }

    /// Keeps the calls whose facet has one of the values; false when none is left.
    @discardableResult
    mutating func narrow(_ facet: Int, to values: BitSet) -> Bool {
        let narrowed = sides[facet].map { $0.intersection(values) } ?? values
        sides[facet] = narrowed
        return !narrowed.isEmpty
    }

    /// The calls in both; nil when there are none.
    func intersection(_ other: Box) -> Box? {
        var both = self
        for (facet, values) in other.sides where !both.narrow(facet, to: values) { return nil }
        return both
    }

    /// Whether some call lies in both.
    func meets(_ other: Box) -> Bool {
        other.sides.allSatisfy { facet, values in sides[facet].map { !$0.isDisjoint(with: values) } ?? !values.isEmpty }
    }
}

/// Finds a call that lies in a box and in none of others.
struct BoxSearch {
    /// How many values each facet has.
    let sizes: [Int]
    /// Boxes that may still be compared before the search gives up.
    private(set) var patience: Int

    init(sizes: [Int], patience: Int) {
        self.sizes = sizes
        self.patience = patience
    }

    enum Finding {
        /// A part of the box that lies in none of the others.
        case found(Box)
        case none
        /// Not known within the patience.
        case gaveUp
    }

    /// - Parameter others: tried in their order.
    mutating func call(in box: Box, outside others: ArraySlice<Box>) -> Finding {
        guard patience > 0 else { return .gaveUp }
        let met = others.firstIndex(where: box.meets)
        patience -= (met ?? others.endIndex) - others.startIndex + 1
        guard let index = met else { return .found(box) }
        let other = others[index]
        let rest = others[(index + 1)...]
        var inside = box
        // Outside the other means: at least one of its sides is missed. Cut them off one after another.
        for (facet, values) in other.sides.sorted(by: { $0.key < $1.key }) {
            let own = inside[facet] ?? .all(size: sizes[facet])
            let missed = own.subtracting(values)
            if !missed.isEmpty {
                var outside = inside
                outside.narrow(facet, to: missed)
                switch call(in: outside, outside: rest) {
                case .found(let found): return .found(found)
                case .gaveUp: return .gaveUp
                case .none: break
                }
            }
            inside.narrow(facet, to: values)
        }
        return .none
    }
}
