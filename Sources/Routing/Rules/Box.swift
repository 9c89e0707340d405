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

    /// Without what is said of some facets.
    func forgetting(_ facets: Set<Int>) -> Box {
        var rest = self
        for facet in facets { rest.sides[facet] = nil }
        return rest
    }
}

/// Finds a call that lies in a box and in none of others.
struct BoxSearch {
    /// How many values each facet has.
    let sizes: [Int]
    /// Steps left before the search gives up.
    private(set) var patience: Int

    init(sizes: [Int], patience: Int = 200_000) {
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
        patience -= 1
        guard patience > 0 else { return .gaveUp }
        guard let index = others.firstIndex(where: { box.intersection($0) != nil }) else { return .found(box) }
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
