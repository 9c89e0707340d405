extension RuleProgram {
    /// What the rules say about a call: a function of its arguments and nothing else, and so the same whenever it is asked again.
    ///
    /// It never answers the called number, and never moves a call that has come to a number that belongs to its caller.
    package func decide(_ call: RouteCall, _ facts: CallerFacts) -> RouteDecision {
        if hasArrived(call, facts) { return .standard(.arrived) }
        return withUnsafeTemporaryAllocation(of: Int.self, capacity: facets.count) { values in
            for index in facets.indices { values[index] = value(of: facets[index].subject, call, facts) }
            for index in steps.indices where failing(steps[index], values) == nil { return answer(index, call, facts) }
            return .standard(.noRule)
        }
    }

    /// The first condition of a step that does not hold; nil when all do.
    func failing(_ step: Step, _ values: UnsafeMutableBufferPointer<Int>) -> Int? {
        for index in step.conditions.indices {
            let condition = step.conditions[index]
            if !condition.values.contains(values[condition.facet]) { return index }
        }
        return nil
    }

    /// The caller's owner or last agent is the end of the way, and so is an account's queue that the rules know nothing of.
    func hasArrived(_ call: RouteCall, _ facts: CallerFacts) -> Bool {
        guard let called = call.called else { return false }
        if called == person(facts.owner) || called == person(facts.agent) { return true }
        return called == facts.queue && numbers[called] == nil
    }

    private func answer(_ index: Int, _ call: RouteCall, _ facts: CallerFacts) -> RouteDecision {
        let step = steps[index]
        switch step.target {
        case .disconnect: return RouteDecision(.disconnect, .rule, step: index)
        case .standard: return RouteDecision(.standard, .rule, step: index)
        default: break
        }
        guard let number = resolve(step.target, call, facts), number != call.called else {
            return RouteDecision(.standard, .sameNumber, step: index)
        }
        let fail = step.fail.lazy.compactMap { self.resolve($0, call, facts) }.first { $0 != call.called && $0 != number }
        return RouteDecision(.route(number, fail: fail, priority: step.priority), .rule, step: index)
    }

    private func resolve(_ target: Target, _ call: RouteCall, _ facts: CallerFacts) -> E164? {
        switch target {
        case .number(let number): number
        case .pool(let index): pools[index].members[drawn(pools[index], call)]
        case .owner: person(facts.owner)
        case .agent: person(facts.agent)
        case .accountQueue: facts.queue
        case .disconnect, .standard: nil
        }
    }

    func drawn(_ pool: Pool, _ call: RouteCall) -> Int {
        if let lot = call.told?.lots[pool.lotName], pool.members.indices.contains(lot) { return lot }
        let draw = Draw.number(below: pool.bounds[pool.bounds.count - 1], for: call, salt: pool.name)
        return pool.bounds.firstIndex { draw < $0 } ?? 0
    }
}
