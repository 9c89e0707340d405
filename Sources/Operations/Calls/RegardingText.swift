import Model

/// Whom a phone call is with, and how that was told, in words.
enum RegardingText {
    /// - Parameters:
    ///   - record: table and id; nil: nobody.
    ///   - rule: a code of `match_rule`; nil: it was not kept, or nobody was looked for.
    static func words(_ record: String?, rule: String?) -> String? {
        let how = rule.map(DirectoryMatch.sentence(code:))
        guard let record else { return how.map { "nobody: \($0)" } }
        return record + (how.map { ": \($0)" } ?? "")
    }
}
