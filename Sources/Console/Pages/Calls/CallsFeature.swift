/// Calls: search, and the story of one.
enum CallsFeature: ConsoleFeature {
    static let pages = [
        PageRoute("/calls") { try await CallListPage.page($0) },
        PageRoute("/calls/:id") { try await CallPage.page($0) },
    ]
}
