/// Third pass: each rule becomes as many steps as it has targets.
extension RuleDraft {
    mutating func readRules() {
        var names: [String: Int] = [:]
        for (index, rule) in document.rules.enumerated() {
            if let line = names[rule.name.text] {
                refuse(rule.name.line, "the rule of line \(line) has the name `\(rule.name.text)`, too")
            }
            names[rule.name.text] = rule.name.line
            let before = problems.count
            let conditions = conditions(rule, index)
            let targets = rule.to.compactMap { target($0, rule) }
            let fails = rule.fail.compactMap { failTarget($0, rule) }
            if !rule.fail.isEmpty, targets.contains(where: { $0 == .disconnect || $0 == .standard }) {
                refuse(
                    rule.fail[0].line,
                    "a call that is disconnected or stays where it is can't overflow: take `fail` out of rule `\(rule.name.text)`"
                )
            }
            guard problems.count == before else { continue }
            for (alternative, target) in targets.enumerated() {
                let step = RuleProgram.Step(
                    rule: index, name: rule.name.text, line: rule.name.line, alternative: alternative,
                    conditions: conditions + resolvable(target), target: target, fail: fails, priority: rule.priority)
                steps.append(step)
            }
        }
    }

    private mutating func conditions(_ rule: RuleDocument.Rule, _ index: Int) -> [RuleProgram.Condition] {
        let when = rule.when
        var conditions: [RuleProgram.Condition] = []
        if let words = when.bnum {
            let values = words.compactMap { number(named: $0).flatMap { numbers[$0] } }
            let facet = bnumFacet()
            conditions.append(condition(facet, values))
        }
        if let words = when.targetID {
            let facet = facet(.targetID, Self.ordered(targetIDs, other: "another"))
            conditions.append(condition(facet, words.compactMap { targetIDs[$0.text] }))
        }
        if let words = when.caller {
            let facet = facet(.caller, Facet.CallerValue.allCases.map(\.word))
            conditions.append(condition(facet, words.flatMap { Facet.CallerValue.values(of: $0.text).map(\.rawValue) }))
        }
        for (name, value) in when.flags { conditions.append(flagCondition(name, value)) }
        if let words = when.segment {
            let facet = facet(.segment, Self.ordered(segments, other: "another"))
            conditions.append(condition(facet, words.compactMap { segments[$0.text] }))
        }
        if let words = when.language {
            let facet = facet(.language, Self.ordered(languages, other: "another"))
            let wanted = words.map { $0.text.lowercased() }
            conditions.append(
                condition(
                    facet,
                    languages.filter { language, _ in wanted.contains { language == $0 || language.hasPrefix($0 + "-") } }.values)
            )
        }
        if let days = when.lastAgentWithinDays {
            let facet = facet(.agentAge, agentDays.map { "within \($0) days" } + ["longer ago", "none"])
            conditions.append(condition(facet, 0...(agentDays.firstIndex(of: days) ?? 0)))
        }
        for (word, value) in [(when.open, 1), (when.closed, 0)] {
            guard let word else { continue }
            guard let known = hoursNames[word.text] else {
                refuse(word.line, "there are no hours named `\(word.text.prefix(60))`")
                continue
            }
            guard let known else { continue }
            let facet = facet(.hours(known), ["\(word.text) closed", "\(word.text) open"])
            conditions.append(condition(facet, [value]))
        }
        conditions += callerConditions(when)
        for (name, values) in when.extras {
            let facet = facet(.extra(name.text), Self.ordered(extras[name.text] ?? [:], other: "another"))
            conditions.append(condition(facet, values.compactMap { extras[name.text]?[$0.text] }))
        }
        if let percent = when.share {
            shares[index] = RuleProgram.Share(name: rule.name.text, percent: percent)
            let facet = facet(.share(index), ["not drawn", "drawn"])
            conditions.append(condition(facet, [1]))
        }
        return Self.merged(conditions)
    }

    /// One list is one question; several are asked as one list of all their members.
    private mutating func callerConditions(_ when: RuleDocument.When) -> [RuleProgram.Condition] {
        guard let words = when.anum, let facets = callerFacet(words), let first = facets.first else { return [] }
        if facets.count == 1 { return [condition(first, [1])] }
        var all = RuleProgram.Callers(name: words.map(\.text).joined(separator: ", "), numbers: [], prefixes: [])
        for facet in facets {
            guard case .callers(let list) = self.facets[facet].subject else { continue }
            all.numbers.formUnion(callers[list].numbers)
            all.prefixes += callers[list].prefixes
        }
        let known = callers.firstIndex(of: all) ?? callers.count
        if known == callers.count { callers.append(all) }
        let joint = flag(.callers(known))
        return [condition(joint, [1])]
    }

    private mutating func flagCondition(_ name: String, _ value: Bool) -> RuleProgram.Condition {
        if name == "has_owner" {
            let facet = flag(.owner)
            return condition(facet, [value ? 1 : 0])
        }
        let subject: Facet.Subject =
            switch name {
            case "internal": .isInternal
            case "blocked": .isBlocked
            case "open_case": .openCase
            default: .openCallback
            }
        let facet = flag(subject)
        return condition(facet, [value ? 1 : 0])
    }

    private mutating func target(_ word: RuleDocument.Word, _ rule: RuleDocument.Rule) -> RuleProgram.Target? {
        switch word.text {
        case "owner": return .owner
        case "last-agent": return .agent
        case "account-queue": return .accountQueue
        case "disconnect": return .disconnect
        case "default": return .standard
        default: break
        }
        if let pool = poolNames[word.text] { return pool.map { .pool($0) } }
        guard let number = number(named: word, orPool: true) else { return nil }
        refuseSelf(number, word, rule)
        return .number(number)
    }

    private mutating func failTarget(_ word: RuleDocument.Word, _ rule: RuleDocument.Rule) -> RuleProgram.Target? {
        let target = target(word, rule)
        if target == .disconnect || target == .standard {
            refuse(word.line, "`\(word.text)` is no target for calls that overflow")
            return nil
        }
        if let target, case .number = target, rule.to.contains(where: { self.peek($0) == target }) {
            refuse(word.line, "rule `\(rule.name.text)` sends calls that overflow to where they overflowed from")
        }
        return target
    }

    private func peek(_ word: RuleDocument.Word) -> RuleProgram.Target? {
        (E164(word.text) ?? (queueNames[word.text] ?? targetNames[word.text]) ?? nil).map { .number($0) }
    }

    private mutating func refuseSelf(_ number: E164, _ word: RuleDocument.Word, _ rule: RuleDocument.Rule) {
        for called in rule.when.bnum ?? [] where peek(called) == .number(number) {
            refuse(
                word.line, "rule `\(rule.name.text)` sends calls for \(number) to \(number): the call would come back for ever")
        }
    }

    /// A target that comes with the caller is one only if the caller has it.
    private mutating func resolvable(_ target: RuleProgram.Target) -> [RuleProgram.Condition] {
        let facet: Int
        switch target {
        case .owner: facet = flag(.owner)
        case .agent: facet = flag(.agent)
        case .accountQueue: facet = accountQueueFacet()
        default: return []
        }
        return [condition(facet, 1..<facets[facet].values.count)]
    }

    private static func ordered(_ values: [String: Int], other: String) -> [String] {
        [other] + values.sorted { $0.value < $1.value }.map(\.key)
    }

    /// Two questions about one facet are one.
    private static func merged(_ conditions: [RuleProgram.Condition]) -> [RuleProgram.Condition] {
        var merged: [RuleProgram.Condition] = []
        for condition in conditions {
            if let index = merged.firstIndex(where: { $0.facet == condition.facet }) {
                merged[index].values = merged[index].values.intersection(condition.values)
            } else {
                merged.append(condition)
            }
        }
        return merged
    }
}
