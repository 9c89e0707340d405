/// First pass: every name and every number of the document.
extension RuleDraft {
    mutating func readNames() {
        readQueues()
        for (name, number) in document.targets {
            declare(name)
            targetNames[name.text] = .some(e164(number))
        }
        for pool in document.pools {
            declare(pool.name)
            poolNames[pool.name.text] = .some(nil)
        }
        for (name, _) in document.lists { listNames[name.text] = .some(nil) }
        for rule in document.rules {
            // Numbers written where a name could stand.
            for word in rule.to + rule.fail + (rule.when.bnum ?? []) where word.text.hasPrefix("+") { _ = e164(word) }
        }
        for rule in document.rules {
            for word in rule.when.bnum ?? [] {
                if let number = E164(word.text) ?? targetNames[word.text] ?? nil { asked.insert(number) }
            }
        }
        for pool in document.pools {
            for share in pool.shares where share.target.text.hasPrefix("+") { _ = e164(share.target) }
        }
    }

    private mutating func readQueues() {
        for queue in document.queues {
            declare(queue.name)
            let number = e164(queue.number)
            if let number { asked.insert(number) }
            queueNames[queue.name.text] = .some(number)
            if let number, let targetID = queue.targetID { queueTargetIDs[number] = targetID }
        }
    }

    private mutating func declare(_ name: RuleDocument.Word) {
        if Self.words.contains(name.text) { refuse(name.line, "`\(name.text)` is a word of its own and can't be a name") }
        if queueNames[name.text] != nil || targetNames[name.text] != nil || poolNames[name.text] != nil {
            refuse(name.line, "the name `\(name.text)` is given twice")
        }
    }

    /// A number as written; refuses what is not E.164 and takes note of what is.
    mutating func e164(_ word: RuleDocument.Word) -> E164? {
        guard let number = E164(word.text) else {
            refuse(word.line, "`\(word.text.prefix(40))` is no number in E.164: a plus sign and 7 to 15 digits without blanks")
            return nil
        }
        if numbers[number] == nil {
            literals.append(number)
            numbers[number] = literals.count
        }
        return number
    }

    /// The number that a queue's or target's name, or a number, stands for. Nil when it was refused, here or before.
    mutating func number(named word: RuleDocument.Word, orPool: Bool = false) -> E164? {
        if word.text.hasPrefix("+") { return E164(word.text) }
        if let known = queueNames[word.text] ?? targetNames[word.text] { return known }
        refuse(word.line, "there is no queue\(orPool ? ", target or pool" : " or target") named `\(word.text.prefix(60))`")
        return nil
    }
}
