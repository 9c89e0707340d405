/// Something a rule document is refused for: where, and why.
package struct RuleProblem: Error, Sendable, Hashable, CustomStringConvertible {
    package var file: String
    /// From 1.
    package var line: Int
    package var reason: String

    /// `rules.yaml:12: …`
    package var description: String { "\(file):\(line): \(reason)" }
}

/// All that is wrong with a document, in the order of its lines.
package struct RuleProblems: Error, Sendable, CustomStringConvertible {
    package let all: [RuleProblem]

    package init(_ problems: [RuleProblem]) {
        all = Array(Set(problems)).sorted { ($0.line, $0.reason) < ($1.line, $1.reason) }
    }

    package var description: String { all.map(\.description).joined(separator: "\n") }
}
