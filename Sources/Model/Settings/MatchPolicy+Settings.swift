extension MatchPolicy {
    /// As the tenant's settings say; names of MatchRules that are no rule count for nothing.
    package init(_ settings: Settings) {
        self.init(rules: settings.matchRules.compactMap { MatchRule(rawValue: $0) }, suffixDigits: settings.matchSuffixDigits)
    }
}
