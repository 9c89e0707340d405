extension RuleProgram {
    /// The number of a facet's value for a call.
    func value(of subject: Facet.Subject, _ call: RouteCall, _ facts: CallerFacts) -> Int {
        switch subject {
        case .caller: callerValue(call, facts).rawValue
        case .isInternal: call.isInternal == true ? 1 : 0
        case .isBlocked: facts.isBlocked ? 1 : 0
        case .openCase: facts.hasOpenCase ? 1 : 0
        case .openCallback: facts.hasOpenCallback ? 1 : 0
        case .owner: person(facts.owner) == nil ? 0 : 1
        case .agent: person(facts.agent) == nil ? 0 : 1
        case .accountQueue: facts.queue.map { numbers[$0].map { $0 + 1 } ?? 1 } ?? 0
        case .segment: facts.segment.flatMap { segments[$0] } ?? 0
        case .language: languageValue(call, facts)
        case .agentAge: ageValue(call, facts)
        case .hours(let index): hours[index].isOpen(at: call.at) ? 1 : 0
        case .callers(let index): if case .number(let number) = call.caller, callers[index].contains(number) { 1 } else { 0 }
        case .extra(let name): call.extra(name).flatMap { extras[name]?[$0] } ?? 0
        case .bnum: call.called.flatMap { numbers[$0] } ?? 0
        case .targetID: call.targetID.flatMap { targetIDs[$0] } ?? 0
        case .share(let rule): shareValue(rule, call)
        case .pool(let index): drawn(pools[index], call)
        }
    }

    private func callerValue(_ call: RouteCall, _ facts: CallerFacts) -> Facet.CallerValue {
        switch call.caller {
        case .anonymous: return .anonymous
        case .other: return .noNumber
        case .number: break
        }
        if facts.isAmbiguous { return .ambiguous }
        return switch facts.kind {
        case .unknown: .unknown
        case .contact: .contact
        case .account: .account
        case .lead: .lead
        }
    }

    /// A person's number; a queue's, which the directory may hold by mistake, is none.
    func person(_ number: E164?) -> E164? { number.flatMap { asked.contains($0) ? nil : $0 } }

    private func languageValue(_ call: RouteCall, _ facts: CallerFacts) -> Int {
        guard let language = (facts.language ?? call.extra("DYN_PAR_Culture"))?.lowercased() else { return 0 }
        if let exact = languages[language] { return exact }
        return language.split(separator: "-").first.flatMap { languages[String($0)] } ?? 0
    }

    private func ageValue(_ call: RouteCall, _ facts: CallerFacts) -> Int {
        guard let day = facts.agentDay else { return agentDays.count + 1 }
        let days = Int(call.at / 86_400_000) - Int(day)
        return agentDays.firstIndex { days <= $0 } ?? agentDays.count
    }

    private func shareValue(_ rule: Int, _ call: RouteCall) -> Int {
        guard let share = shares[rule] else { return 0 }
        return Draw.number(below: 100, for: call, salt: share.name) < share.percent ? 1 : 0
    }
}
