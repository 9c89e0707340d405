/// Every step must be able to decide something.
extension RuleDraft {
    /// Boxes that are compared at most for each of the two proofs: a few seconds.
    static let patience = 5_000_000

    mutating func refuseUnreachable() {
        let boxes = steps.map(\.box)
        var patience = Self.patience
        for (index, step) in steps.enumerated() {
            if step.conditions.contains(where: { $0.values.isEmpty }) {
                refuse(step.line, "rule `\(step.name)` can't be reached: its conditions exclude one another")
                continue
            }
            var search = BoxSearch(sizes: facets.map(\.values.count), patience: patience)
            let finding = search.call(in: boxes[index], outside: boxes[..<index])
            patience = search.patience
            guard case .none = finding else { continue }
            let takers = steps[..<index].indices.filter { boxes[$0].meets(boxes[index]) }
            let names = takers.prefix(3).map { "`\(steps[$0].name)` (line \(steps[$0].line))" }.joined(separator: ", ")
            let what = step.alternative == 0 ? "rule `\(step.name)`" : "target \(step.alternative + 1) of rule `\(step.name)`"
            refuse(
                step.line,
                "\(what) can't be reached: \(names)\(takers.count > 3 ? " and others" : "") take every call it could fit")
        }
    }
}
