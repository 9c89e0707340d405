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
        case .callers(let index): stands(call, on: callers[index]) ? 1 : 0
        case .extra(let name): call.extra(name).flatMap { extras[name]?[$0] } ?? 0
        case .bnum: call.called.flatMap { numbers[$0] } ?? 0
        case .targetID: call.targetID.flatMap { targetIDs[$0] } ?? 0
        case .share(let rule): shareValue(rule, call)
        case .pool(let index): drawn(pools[index], call)
        }
    }

    private func stands(_ call: RouteCall, on list: Callers) -> Bool {
        if let told = call.told { return told.lists.contains(list.key) }
        guard case .number(let number) = call.caller else { return false }
        return list.contains(number)
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
        guard let language = (facts.language ?? call.extra(Facet.culture))?.lowercased() else { return 0 }
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
        if let lot = call.told?.lots[share.lotName] { return lot }
        return Draw.number(below: 100, for: call, salt: share.name) < share.percent ? 1 : 0
    }

    /// What a masked number would tell: which lists it is on, and what it drew where the call's id does not draw. A bit or two for each, no more.
    func told(of call: RouteCall) -> RouteCall.Told {
        var told = RouteCall.Told(lists: [], lots: [:])
        for list in callers where stands(call, on: list) { told.lists.insert(list.key) }
        guard call.callID == nil else { return told }
        for (rule, share) in shares { told.lots[share.lotName] = shareValue(rule, call) }
        for pool in pools { told.lots[pool.lotName] = drawn(pool, call) }
        return told
    }
}

extension RuleProgram.Share { var lotName: String { "share \(name)" } }
extension RuleProgram.Pool { var lotName: String { "pool \(name)" } }
