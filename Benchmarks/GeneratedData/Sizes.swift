/// How much is generated, and when it happened.
public struct Sizes: Sendable {
    public let calls: Int
    public let jobs: Int
    /// Days of calls and callbacks, of finished jobs, of calls' stories, of routing decisions; each of them 24 hours that end now.
    let callDays = 60
    let jobDays = 30
    let storyDays = 5
    let decisionDays = 14

    /// Days of figures by the minute, which don't grow with the traffic.
    let minuteDays: Int

    /// - Parameters:
    ///   - calls: over 60 days; some 10,000 at least.
    ///   - jobs: finished ones, over 30 days.
    public init(calls: Int, jobs: Int) {
        self.calls = calls
        self.jobs = jobs
        minuteDays = calls < 1_000_000 ? 7 : 31
    }

    var callsPerDay: Int { calls / callDays }
    var jobsPerDay: Int { jobs / jobDays }
    var callbacksPerDay: Int { max(callsPerDay / 20, 50) }
    var decisionsPerDay: Int { max(callsPerDay * 3 / 10, 100) }
    var people: Int { max(calls / 4_000, 200) }
    var entries: Int { max(calls / 50, 1_000) }
    var deadJobs: Int { max(jobs / 2_500, 100) }
    var waitingJobs: Int { max(jobs / 1_000, 200) }
}
