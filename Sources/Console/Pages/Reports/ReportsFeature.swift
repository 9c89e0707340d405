/// Ready reports: list, run, take along as CSV.
enum ReportsFeature: ConsoleFeature {
    static let pages = [
        PageRoute("/reports") { try await ReportPages.list($0) },
        PageRoute("/reports/:name") { try await ReportPages.run($0) },
        PageRoute("/reports/:name/csv") { try await ReportPages.download($0) },
    ]
}
