import Yams

/// From the parser's tree, whose form was checked.
extension RuleDocument {
    mutating func read(_ root: Node) {
        zone = root[key: "timezone"].flatMap(Self.word)
        constants = Self.words(root[key: "constant"]) ?? []
        queues = Self.pairs(root[key: "queues"]).map { name, value in
            Queue(
                name: name, number: Self.word(value[key: "number"] ?? value) ?? name,
                targetID: value[key: "targetid"]?.scalar?.string)
        }
        targets = Self.pairs(root[key: "targets"]).map { ($0, Self.word($1) ?? $0) }
        pools = Self.pairs(root[key: "pools"]).map { name, value in
            (
                name,
                (value.sequence ?? []).compactMap { share in
                    share[key: "to"].flatMap(Self.word).map { Share(target: $0, weight: Self.whole(share[key: "weight"]) ?? 1) }
                }
            )
        }
        lists = Self.pairs(root[key: "lists"]).map { ($0, Self.words($1) ?? []) }
        hours = Self.pairs(root[key: "hours"]).map { name, value in
            Hours(
                name: name, zone: value[key: "timezone"].flatMap(Self.word),
                week: Self.pairs(value[key: "week"]).map { ($0, Self.times($1)) },
                holidays: (value[key: "holidays"]?.sequence ?? []).compactMap { day in
                    day[key: "date"].flatMap(Self.word).map { ($0, Self.times(day[key: "open"])) }
                })
        }
        rules = (root[key: "rules"]?.sequence ?? []).compactMap(Self.rule)
    }

    private static func rule(_ node: Node) -> Rule? {
        guard let name = node[key: "name"].flatMap(word) else { return nil }
        return Rule(
            name: name, when: node[key: "when"].map(when) ?? When(), to: words(node[key: "to"]) ?? [],
            fail: words(node[key: "fail"]) ?? [],
            priority: whole(node[key: "priority"]))
    }

    private static func when(_ node: Node) -> When {
        var when = When()
        when.caller = words(node[key: "caller"])
        when.flags = ["internal", "blocked", "open_case", "open_callback", "has_owner"].compactMap { name in
            node[name].map { (name, $0.scalar?.string == "true") }
        }
        when.segment = words(node[key: "segment"])
        when.language = words(node[key: "language"])
        when.lastAgentWithinDays = whole(node[key: "last_agent_within_days"])
        when.open = node[key: "open"].flatMap(word)
        when.closed = node[key: "closed"].flatMap(word)
        when.anum = words(node[key: "anum"])
        when.bnum = words(node[key: "bnum"])
        when.targetID = words(node[key: "targetid"])
        when.extras = pairs(node[key: "extradata"]).map { ($0, words($1) ?? []) }
        when.share = whole(node[key: "share"])
        return when
    }

    /// `closed` and no value at all are no spans.
    private static func times(_ node: Node?) -> [Word] { node?.sequence?.compactMap(word) ?? [] }

    private static func word(_ node: Node) -> Word? { node.scalar.map { Word(text: $0.string, line: node.line) } }

    private static func words(_ node: Node?) -> [Word]? {
        guard let node else { return nil }
        return node.sequence?.compactMap(word) ?? word(node).map { [$0] }
    }

    private static func whole(_ node: Node?) -> Int? { node?.scalar.flatMap { Int($0.string) } }

    private static func pairs(_ node: Node?) -> [(Word, Node)] {
        node?.mapping?.compactMap { key, value in word(key).map { ($0, value) } } ?? []
    }
}
