extension Report {
    /// Reads a file as psql takes it: comments that say what it answers, psql's own lines that give `since` its default, one statement.
    ///
    /// Nil when the name does not end in `.sql`, when nothing says what it answers, when there is not exactly one statement, or when the
    /// statement and the default disagree about whether there is a `since`.
    init?(fileName: String, text: String) {
        guard fileName.hasSuffix(".sql"), fileName.count > 4 else { return nil }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard let first = lines.first, first.hasPrefix("-- "), first.count > 3 else { return nil }
        let statement = lines.filter { !$0.hasPrefix("--") && !$0.hasPrefix("\\") }.joined(separator: "\n")
            .trimmingWhitespace()
        guard statement.hasSuffix(";"), statement.count(where: { $0 == ";" }) == 1 else { return nil }

        let since = lines.compactMap { $0.wholeMatch(of: /\\set since '([^']+)'/)?.1 }
        let spans = since.compactMap { Span(String($0)) }
        guard since.count <= 1, spans.count == since.count, statement.contains(Self.variable) == !spans.isEmpty else {
            return nil
        }

        name = String(fileName.dropLast(4))
        answers = String(first.dropFirst(3))
        defaultSince = spans.first
        sql = String(statement.dropLast()).replacing(Self.variable, with: "$1")
    }

    /// How psql writes the variable as a literal.
    private static let variable = ":'since'"
}

extension String {
    fileprivate func trimmingWhitespace() -> String {
        String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
