/// Numbers that several carry: who, and what was decided about them.
enum MatchesFeature: ConsoleFeature {
    static let pages = [
        PageRoute("/matches") { try await MatchListPage.page($0) },
        PageRoute("/matches/number") { try await NumberPage.page($0) },
    ]
    static let actions = [MatchActions.decide, MatchActions.undo]
}
