import Yams

/// A rule document as it was written: every name and value with its line.
package struct RuleDocument: Sendable {
    package struct Word: Sendable, Hashable {
        package var text: String
        package var line: Int
    }

    struct Queue: Sendable {
        var name: Word
        var number: Word
        var targetID: String?
    }

    struct Share: Sendable {
        var target: Word
        var weight: Int
    }

    struct Hours: Sendable {
        var name: Word
        var zone: Word?
        var week: [(days: Word, times: [Word])]
        var holidays: [(date: Word, times: [Word])]
    }

    struct Rule: Sendable {
        var name: Word
        var when: When
        var to: [Word]
        var fail: [Word]
        var priority: Int?
    }

    /// The conditions of a rule. Nil: it does not matter.
    struct When: Sendable {
        var caller: [Word]?
        var flags: [(name: String, value: Bool)] = []
        var segment: [Word]?
        var language: [Word]?
        var lastAgentWithinDays: Int?
        var open: Word?
        var closed: Word?
        var anum: [Word]?
        var bnum: [Word]?
        var targetID: [Word]?
        var extras: [(name: Word, values: [Word])] = []
        var share: Int?
    }

    package let file: String
    var zone: Word?
    /// Names in `extradata` that stay the same for the whole of a call.
    var constants: [Word] = []
    var queues: [Queue] = []
    var targets: [(name: Word, number: Word)] = []
    var pools: [(name: Word, shares: [Share])] = []
    var lists: [(name: Word, members: [Word])] = []
    var hours: [Hours] = []
    var rules: [Rule] = []

    /// Reads a document of YAML or JSON and checks its form.
    ///
    /// - Parameter file: what problems name it.
    /// - Throws: `RuleProblems`.
    package init(_ text: String, file: String) throws(RuleProblems) {
        self.file = file
        let root = try SourceText(file: file, text: text).root()
        let schema = try SourceText(file: "schema", text: RuleSchema.text).root()
        var check = SchemaCheck(schema: schema, file: file)
        check.check(root)
        guard check.problems.isEmpty else { throw RuleProblems(check.problems) }
        read(root)
    }
}
