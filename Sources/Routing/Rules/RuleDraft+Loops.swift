/// No call may come back to a number it was at: Enreach asks again at each queue, and would ask for ever.
///
/// What is known of the caller, the time and the lots stay the same from one question to the next; the `targetid` may change, and so may whatever
/// stands in `extradata`, unless the document names it constant.
extension RuleDraft {
    /// One question and its answer: at which number, by which step, and where to.
    private struct Leg {
        var at: Int
        var step: Int
        var to: Int
        var isOverflow: Bool
        /// What must hold besides the step's own conditions.
        var extra: [RuleProgram.Condition]
    }

    mutating func refuseLoops() {
        guard !literals.isEmpty else { return }
        var legs: [[Leg]] = [[]]
        for number in 1...literals.count { legs.append(self.legs(at: number)) }
        var patience = Self.patience
        for start in 1...literals.count {
            var path: [Leg] = []
            guard let loop = loop(from: start, legs, &path, &patience) else { continue }
            let way = loop.map {
                "\(literals[$0.at - 1]) (rule `\(steps[$0.step].name)`, line \(steps[$0.step].line)\($0.isOverflow ? ", overflow" : ""))"
            }
            let last = steps[loop.map(\.step).max() ?? 0]
            let doubt = patience <= 0 ? "may loop, the rules being too many to be sure of the opposite" : "loops"
            refuse(last.line, "a call \(doubt): \((way + [literals[start - 1].text]).joined(separator: " → "))\(hint(loop))")
            return
        }
    }

    /// What would help if the loop hangs on something that differs at each queue only as far as the document tells.
    private func hint(_ loop: [Leg]) -> String {
        let subjects = Set(loop.flatMap { steps[$0.step].conditions.map { facets[$0.facet].subject } })
        let names = subjects.compactMap { subject in
            switch subject {
            case .extra(let name): constants.contains(name) ? nil : name
            case .language: constants.contains(Facet.culture) ? nil : Facet.culture
            default: nil
            }
        }
        guard let name = names.min() else { return "" }
        return "; if \(name) stays the same for the whole of a call, write `constant: [\(name)]`"
    }

    /// Where calls for a number may be sent, itself excepted: such an answer is never given.
    private func legs(at number: Int) -> [Leg] {
        let bnum = self.number(of: .bnum)
        var legs: [Leg] = []
        for (index, step) in steps.enumerated() {
            if let condition = step.conditions.first(where: { $0.facet == bnum }), !condition.values.contains(number) { continue }
            // A call at the rule's target stays there, and does not overflow by this rule either.
            if case .number(let target) = step.target, numbers[target] == number { continue }
            for (to, extra) in ends(of: step.target) where to != number {
                if let to { legs.append(Leg(at: number, step: index, to: to, isOverflow: false, extra: extra)) }
                for (fail, more) in step.fail.flatMap(ends) {
                    guard let fail, fail != number else { continue }
                    legs.append(Leg(at: number, step: index, to: fail, isOverflow: true, extra: extra + more))
                }
            }
        }
        return legs
    }

    /// The numbers of the document that a target can come to, and when; nil for a number that is not in it.
    private func ends(of target: RuleProgram.Target) -> [(Int?, [RuleProgram.Condition])] {
        switch target {
        case .number(let number): return numbers[number].map { [($0, [])] } ?? []
        case .pool(let index):
            let pool = pools[index]
            return pool.members.enumerated().compactMap { place, member in
                numbers[member].map { ($0, [condition(pool.facet, [place])]) }
            }
        case .accountQueue:
            guard let facet = number(of: .accountQueue) else { return [] }
            return [(nil, [condition(facet, [1])])] + (1...literals.count).map { ($0, [condition(facet, [$0 + 1])]) }
        // A call that has come to its owner or last agent stays there.
        case .owner, .agent: return [(nil, [])]
        case .disconnect, .standard: return []
        }
    }

    /// A way back to the start over numbers not smaller than it, that some call can take.
    private func loop(from start: Int, _ legs: [[Leg]], _ path: inout [Leg], _ patience: inout Int) -> [Leg]? {
        for leg in legs[path.last?.to ?? start] where leg.to >= start {
            if leg.to != start, path.contains(where: { $0.at == leg.to }) { continue }
            path.append(leg)
            defer { path.removeLast() }
            let isPossible = isPossible(path, &patience)
            if patience <= 0 { return path }
            guard isPossible else { continue }
            if leg.to == start { return path }
            if let found = loop(from: start, legs, &path, &patience) { return found }
        }
        return nil
    }

    /// Whether there is a call that takes all these legs: every step's conditions hold, and at each number no earlier step took the call.
    private func isPossible(_ path: [Leg], _ patience: inout Int) -> Bool {
        let sizes = facets.map(\.values.count)
        let bnum = number(of: .bnum)
        var all = Box()
        var blockers: [Box] = []
        for (place, leg) in path.enumerated() {
            // Facets that change with the queue are other ones at each number.
            func own(_ facet: Int) -> Int {
                facets[facet].changesWithQueue(constants: constants) ? facet + (place + 1) * sizes.count : facet
            }
            for condition in steps[leg.step].conditions + leg.extra + known(at: leg.at) where condition.facet != bnum {
                guard all.narrow(own(condition.facet), to: condition.values) else { return false }
            }
            // Every earlier step is looked at, whether it can stand in the way or not.
            patience -= leg.step + 1
            guard patience > 0 else { return true }
            for earlier in steps[..<leg.step] {
                if let condition = earlier.conditions.first(where: { $0.facet == bnum }), !condition.values.contains(leg.at) {
                    continue
                }
                var box = Box()
                for condition in earlier.conditions where condition.facet != bnum {
                    box.narrow(own(condition.facet), to: condition.values)
                }
                blockers.append(box)
            }
        }
        var search = BoxSearch(sizes: Array(repeating: sizes, count: path.count + 1).flatMap { $0 }, patience: patience)
        defer { patience = search.patience }
        if case .none = search.call(in: all, outside: blockers[...]) { return false }
        return true
    }

    /// The `targetid` of a queue that has one.
    private func known(at number: Int) -> [RuleProgram.Condition] {
        guard let facet = self.number(of: .targetID), let id = queueTargetIDs[literals[number - 1]] else { return [] }
        return [condition(facet, [targetIDs[id] ?? 0])]
    }
}
