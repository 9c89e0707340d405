/// Callback requests: list, and the story of one.
enum CallbacksFeature: ConsoleFeature {
    static let pages = [
        PageRoute("/callbacks") { try await CallbackListPage.page($0) },
        PageRoute("/callbacks/:id") { try await CallbackPage.page($0) },
    ]
}
