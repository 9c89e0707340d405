/// What is promised, being done, done and given up; and what operators do about it.
enum JobsFeature: ConsoleFeature {
    static let pages = [
        PageRoute("/jobs") { try await JobListPage.page($0) },
        PageRoute("/jobs/:id") { try await JobPageView.page($0) },
    ]
    static let actions = [JobActions.retry, JobActions.cancel, JobActions.pause, JobActions.resume]
    static let fragments = [
        LiveFragment("jobs.counts", template: "jobs/counts") { try await JobCountsModel.read($0.database, now: $0.now) }
    ]
}
