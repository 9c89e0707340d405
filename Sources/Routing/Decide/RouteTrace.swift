/// The story of a decision: what was known, what each rule made of it.
package struct RouteTrace: Sendable, Hashable {
    package struct Line: Sendable, Hashable {
        /// Name of the rule, with the number of its target where it has several.
        package var rule: String
        /// Where it stands in the document.
        package var line: Int
        package var fits: Bool
        /// What held it back, or what it decided.
        package var why: String
    }

    /// How the caller was found.
    package var caller: String
    package var lines: [Line]
    package var decision: RouteDecision

    /// For people.
    package var text: String {
        let width = lines.map(\.rule.count).max() ?? 0
        let rules = lines.map { line in
            "  \(line.fits ? "✓" : "·") \(line.rule)\(String(repeating: " ", count: width - line.rule.count))  \(line.why)"
        }
        return (["caller: \(caller)"] + rules + ["answer: \(decision.words)"]).joined(separator: "\n")
    }
}

extension RouteDecision {
    /// The answer in words.
    package var words: String {
        switch outcome {
        case .route: "200 \(json ?? "")"
        case .disconnect: "200 \(json ?? "") (the call is ended)"
        case .standard:
            switch reason {
            case .rule: "204 (the rule leaves the call where it is)"
            case .noRule: "204 (no rule fits)"
            case .sameNumber: "204 (the call is at the rule's target already)"
            case .arrived: "204 (the call has come to its caller's own agent or queue)"
            case .noRules: "204 (no rules were applied for this tenant)"
            case .loading: "204 (rules and numbers are being read)"
            case .stale: "204 (the directory in memory is too old to be trusted)"
            case .shed: "204 (too many requests at once)"
            case .deadline: "204 (no answer in time)"
            case .lookupFailed: "204 (the caller could not be looked up)"
            }
        }
    }
}

extension RuleProgram {
    /// As `decide(_:_:)`, with the story. Every rule up to the one that decided has a line.
    ///
    /// - Parameter all: whether the rules behind that one have a line, too, which says that they were not asked.
    package func explain(_ call: RouteCall, _ facts: CallerFacts, all: Bool = false) -> RouteTrace {
        let decision = decide(call, facts)
        var lines: [RouteTrace.Line] = []
        let asked = hasArrived(call, facts) ? 0 : decision.step.map { $0 + 1 } ?? steps.count
        withUnsafeTemporaryAllocation(of: Int.self, capacity: facets.count) { values in
            for index in facets.indices { values[index] = value(of: facets[index].subject, call, facts) }
            for index in 0..<asked { lines.append(line(index, failing(steps[index], values), values, decision)) }
        }
        if all {
            for index in asked..<steps.count {
                lines.append(RouteTrace.Line(rule: name(of: index), line: steps[index].line, fits: false, why: "not asked"))
            }
        }
        return RouteTrace(caller: Self.words(call, facts), lines: lines, decision: decision)
    }

    private func line(_ index: Int, _ failing: Int?, _ values: UnsafeMutableBufferPointer<Int>, _ decision: RouteDecision)
        -> RouteTrace.Line
    {
        let step = steps[index]
        let why: String
        if let failing {
            let condition = step.conditions[failing]
            let facet = facets[condition.facet]
            var subject = facet.name
            if case .callers(let list) = facet.subject { subject = "anum in \(callers[list].name)" }
            why = "\(subject) is \(facet.values[values[condition.facet]])"
        } else {
            why = decision.words
        }
        return RouteTrace.Line(rule: name(of: index), line: step.line, fits: failing == nil, why: why)
    }

    private func name(of index: Int) -> String {
        let step = steps[index]
        let several = steps.contains { $0.rule == step.rule && $0.alternative > 0 }
        return several ? "\(step.name) #\(step.alternative + 1)" : step.name
    }

    /// The caller in words, without the number.
    private static func words(_ call: RouteCall, _ facts: CallerFacts) -> String {
        switch call.caller {
        case .anonymous: return "anonymous"
        case .other: return "no international number, so unknown"
        case .number: break
        }
        if facts.isAmbiguous { return "ambiguous: several carry the number and no rule chose among them, so unknown" }
        guard facts.kind != .unknown else { return "unknown" }
        var words = ["\(facts.kind)"]
        if facts.match == .local { words.append("found by the end of the number, which is stored without its country") }
        if let segment = facts.segment { words.append("segment \(segment)") }
        if let language = facts.language { words.append("language \(language)") }
        words.append(facts.owner.map { "owner at \($0)" } ?? "no owner with a number")
        return words.joined(separator: ", ")
    }
}
