extension RuleProgram {
    /// Reads, checks and compiles a document of YAML or JSON.
    ///
    /// - Parameters:
    ///   - file: what problems name it.
    ///   - isProven: the document was compiled before it was stored; what takes seconds, that each rule can decide and no call loops, is not proven again.
    /// - Throws: `RuleProblems`: everything that is wrong, with file, line and reason.
    package static func compile(_ text: String, file: String, isProven: Bool = false) throws(RuleProblems) -> RuleProgram {
        var draft = RuleDraft(try RuleDocument(text, file: file))
        draft.readNames()
        draft.readHours()
        draft.readValues()
        draft.readRules()
        if draft.problems.isEmpty, !isProven { draft.refuseUnreachable() }
        if draft.problems.isEmpty, !isProven { draft.refuseLoops() }
        guard draft.problems.isEmpty else { throw RuleProblems(draft.problems) }
        return RuleProgram(draft)
    }
}
