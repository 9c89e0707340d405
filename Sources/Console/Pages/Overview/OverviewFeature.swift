/// The first page: how is it going.
enum OverviewFeature: ConsoleFeature {
    static let pages = [PageRoute("/") { try await OverviewPage.page($0) }]
    static let fragments = [
        LiveFragment("overview.now", template: "overview/now") { question in
            try await OverviewNow.read(question.database, tenant: question.query["tenant"], now: question.now)
        }
    ]
}
