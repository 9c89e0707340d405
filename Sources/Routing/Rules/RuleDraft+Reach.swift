/// Every step must be able to decide something.
extension RuleDraft {
    mutating func refuseUnreachable() {
        let boxes = steps.map(\.box)
        for (index, step) in steps.enumerated() {
            if step.conditions.contains(where: { $0.values.isEmpty }) {
                refuse(step.line, "rule `\(step.name)` can't be reached: its conditions exclude one another")
                continue
            }
            var search = BoxSearch(sizes: facets.map(\.values.count))
            guard case .none = search.call(in: boxes[index], outside: boxes[..<index]) else { continue }
            let takers = steps[..<index].indices.filter { boxes[$0].intersection(boxes[index]) != nil }
            let names = takers.prefix(3).map { "`\(steps[$0].name)` (line \(steps[$0].line))" }.joined(separator: ", ")
            let what = step.alternative == 0 ? "rule `\(step.name)`" : "target \(step.alternative + 1) of rule `\(step.name)`"
            refuse(
                step.line,
                "\(what) can't be reached: \(names)\(takers.count > 3 ? " and others" : "") take every call it could fit")
        }
    }
}
