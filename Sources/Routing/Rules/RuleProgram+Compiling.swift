extension RuleProgram {
    /// Reads, checks and compiles a document of YAML or JSON.
    ///
    /// - Parameter file: what problems name it.
    /// - Throws: `RuleProblems`: everything that is wrong, with file, line and reason.
    package static func compile(_ text: String, file: String) throws(RuleProblems) -> RuleProgram {
        var draft = RuleDraft(try RuleDocument(text, file: file))
        draft.readNames()
        draft.readHours()
        draft.readValues()
        draft.readRules()
        if draft.problems.isEmpty { draft.refuseUnreachable() }
        if draft.problems.isEmpty { draft.refuseLoops() }
        guard draft.problems.isEmpty else { throw RuleProblems(draft.problems) }
        return RuleProgram(draft)
    }
}
