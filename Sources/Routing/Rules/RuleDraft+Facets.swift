/// Second pass: the values that the rules tell apart, so that each facet knows all of its values before a rule uses it.
extension RuleDraft {
    mutating func readValues() {
        readConstants()
        for rule in document.rules {
            for word in rule.when.segment ?? [] where segments[word.text] == nil { segments[word.text] = segments.count + 1 }
            for word in rule.when.language ?? [] {
                let language = word.text.lowercased()
                if languages[language] == nil { languages[language] = languages.count + 1 }
            }
            if let days = rule.when.lastAgentWithinDays, !agentDays.contains(days) { agentDays.append(days) }
            for word in rule.when.targetID ?? [] where targetIDs[word.text] == nil { targetIDs[word.text] = targetIDs.count + 1 }
            for (name, values) in rule.when.extras {
                if let instead = Self.readApart[name.text] {
                    refuse(name.line, "`\(name.text)` can't be asked for here\(instead)")
                }
                for value in values where extras[name.text]?[value.text] == nil {
                    extras[name.text, default: [:]][value.text] = (extras[name.text]?.count ?? 0) + 1
                }
            }
        }
        agentDays.sort()
        readLists()
        readPools()
    }

    /// Members of `extradata` that are no texts to compare.
    private static let readApart = [
        "CallId": ": every call has another one", "IsInternalCaller": ": write `internal: true` or `internal: false`",
    ]
    /// Members that say where a call is, and so change on its way.
    private static let places: Set<String> = ["CurrQueueId", "CurrUserId", "LegId"]

    private mutating func readConstants() {
        for name in document.constants {
            if Self.places.contains(name.text) {
                refuse(name.line, "`\(name.text)` says where a call is, and can't be constant")
            } else {
                constants.insert(name.text)
            }
        }
    }

    private mutating func readLists() {
        for (name, members) in document.lists {
            guard let read = callerList(name.text, members) else { continue }
            listNames[name.text] = .some(callers.count)
            callers.append(read)
        }
    }

    /// Numbers and beginnings; nil when one of them is neither.
    private mutating func callerList(_ name: String, _ members: [RuleDocument.Word]) -> RuleProgram.Callers? {
        var read = RuleProgram.Callers(name: name, numbers: [], prefixes: [])
        let before = problems.count
        for member in members {
            if member.text.hasSuffix("*") {
                let digits = member.text.dropFirst().dropLast()
                if member.text.hasPrefix("+"), !digits.isEmpty, digits.utf8.count < 15, digits.first != "0",
                    digits.utf8.allSatisfy({ (0x30...0x39).contains($0) })
                {
                    read.prefixes.append(String(digits))
                } else {
                    refuse(member.line, "`\(member.text.prefix(40))` is no beginning of a number in E.164 such as +46*")
                }
            } else if let number = E164(member.text) {
                read.numbers.insert(number)
            } else {
                refuse(
                    member.line,
                    "`\(member.text.prefix(40))` is no number in E.164: a plus sign and 7 to 15 digits without blanks")
            }
        }
        return problems.count == before ? read : nil
    }

    /// The callers that a condition names: lists, numbers, beginnings.
    mutating func callerFacet(_ words: [RuleDocument.Word]) -> [Int]? {
        var facets: [Int] = []
        var direct: [RuleDocument.Word] = []
        var isComplete = true
        for word in words {
            if word.text.hasPrefix("+") {
                direct.append(word)
            } else if let list = listNames[word.text] {
                if let list { facets.append(flag(.callers(list))) } else { isComplete = false }
            } else {
                refuse(word.line, "there is no list named `\(word.text.prefix(60))`")
                isComplete = false
            }
        }
        if !direct.isEmpty {
            guard let read = callerList(direct.map(\.text).joined(separator: ", "), direct) else { return nil }
            // The same words are the same question.
            let known = callers.firstIndex(of: read) ?? callers.count
            if known == callers.count { callers.append(read) }
            facets.append(flag(.callers(known)))
        }
        return isComplete ? facets : nil
    }

    private mutating func readPools() {
        for (name, shares) in document.pools {
            var pool = RuleProgram.Pool(name: name.text, facet: 0, members: [], bounds: [])
            for share in shares {
                if Self.words.contains(share.target.text) || poolNames[share.target.text] != nil {
                    refuse(share.target.line, "a pool shares calls among queues and targets only, not `\(share.target.text)`")
                } else if let number = number(named: share.target) {
                    if pool.members.contains(number) {
                        refuse(share.target.line, "`\(share.target.text)` stands in the pool `\(name.text)` twice")
                    }
                    pool.members.append(number)
                    pool.bounds.append((pool.bounds.last ?? 0) + share.weight)
                }
            }
            guard pool.members.count == shares.count else { continue }
            pool.facet = facet(.pool(pools.count), pool.members.map(\.text))
            poolNames[name.text] = .some(pools.count)
            pools.append(pool)
        }
    }
}
