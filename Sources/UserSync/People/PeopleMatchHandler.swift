import Dynamics
import Enreach
import FoundationEssentials
import Jobs
import Model
import Runtime
import Tenants

/// `people.match`: finds out which Enreach user each user of Dynamics is, and writes it there.
struct PeopleMatchHandler: JobHandler {
    static let kind = UserSyncJobs.match

    let ground: UserSyncGround
    var concurrency: Int { 2 }

    func handle(_ jobs: [Job], context: JobContext) async throws -> JobResults {
        guard let job = jobs.first else { return .allDone() }
        if job.isFromSchedule {
            let queue = ground.queue
            return .allDone(effects: [{ _ = try await queue.enqueue([UserSyncJobs.matchNow(tenant: job.tenant)], on: $0) }])
        }
        return try await ground.health.guarded(job, book: ground.book, side: .enreach) { tenant, connection in
            let columns = tenant.settings.columns
            let answer = try await PeopleSource(connection: connection, columns: columns, numbers: tenant.numbers).read()
            ground.health.well(tenant.name, .dynamics)
            let standing = try await StandingMatches.read(ground.database, tenant: tenant.id)
            if let error = Self.doubt(answer, standing, attempt: job.attempt) {
                return JobResults(outcomes: [job.id: doubted(tenant, error)])
            }
            // An environment always has users: without any this is somebody else's trouble, not news.
            guard !answer.users.isEmpty else {
                let error = DynamicsError(.refused, "The environment shows no users: check the application user's role.")
                return JobResults(outcomes: [job.id: soon(job, ground.health.failed(tenant.name, error))])
            }
            // As an account always has some: were this believed, every id that stands in Dynamics would be cleared.
            guard !answer.enreach.isEmpty else {
                let error = EnreachError(.malformed, route: "GET users", message: "The account shows no users.")
                return JobResults(outcomes: [job.id: soon(job, ground.health.failed(tenant.name, error))])
            }
            return try await match(job, tenant, connection, answer, standing)
        }
    }

    private func match(
        _ job: Job, _ tenant: TenantSituation, _ connection: TenantConnection, _ answer: PeopleSource.Answer,
        _ standing: StandingMatches
    ) async throws -> JobResults {
        let matching = PeopleMatching(
            users: answer.users, enreach: answer.enreach, choices: standing.choices, written: standing.written)
        var written: [UUID: IDWriter.Result] = [:]
        var trouble: String?
        if answer.hasIDColumn {
            written = try await IDWriter(dynamics: connection.dynamics, column: tenant.settings.columns.personEnreachID)
                .write(matching.matches.filter { $0.write != .clear || answer.isWhole })
        } else {
            trouble = "Dynamics has no column \(tenant.settings.columns.personEnreachID): run `trunkline dynamics install`"
        }
        let round = MatchRound(tenant: tenant, answer: answer, standing: standing, matching: matching, written: written)
        let instance = ground.instance
        report(round, tenant, trouble)
        return JobResults(
            outcomes: [job.id: .done(note: round.note)],
            effects: [{ connection in try await round.record(on: connection, instance: instance) }])
    }

    /// - Parameter trouble: what kept ids from being written at all.
    private func report(_ round: MatchRound, _ tenant: TenantSituation, _ trouble: String?) {
        for state in MatchReason.State.allCases {
            UserSyncMetrics.people(
                round.matching.matches.count { $0.state == state }, state: state.rawValue, tenant: tenant.name)
        }
        UserSyncMetrics.idsWritten(round.written.values.count { $0 == .written }, tenant: tenant.name)
        let refused = round.written.values.compactMap { if case .refused(let text) = $0 { text } else { nil } }.first
        tell(tenant, trouble ?? refused.map { "Enreach User Ids can't be written: \($0)" })
    }

    /// A line of its own on `/health/ready`: other jobs that go well with the same vendor must not hide it.
    private func tell(_ tenant: TenantSituation, _ trouble: String?) {
        ground.health.readiness.set("tenant \(tenant.name): people", trouble == nil ? .ready : .degraded, trouble ?? "")
    }

    /// A hiccup must have time to pass before what it shows is believed.
    private func doubted(_ tenant: TenantSituation, _ error: EnreachError) -> JobOutcome {
        tell(tenant, error.description)
        return .retry(after: .seconds(60), JobFailure(code: "enreach_\(error.code)", message: error.message))
    }

    /// Enreach suddenly shows few of the users that were there, or none: an answer that is believed only when it comes again and again.
    static func doubt(_ answer: PeopleSource.Answer, _ standing: StandingMatches, attempt: Int) -> EnreachError? {
        guard attempt < 4, answer.enreach.count * 2 < standing.enreachUsers, standing.enreachUsers >= 4 else { return nil }
        return EnreachError(
            .malformed, route: "GET users",
            message:
                "Enreach shows \(answer.enreach.count) users, \(standing.enreachUsers) were known; asked again before it is believed"
        )
    }

    /// An environment that is being set up shows its users in a moment, and all calls wait for them.
    private func soon(_ job: Job, _ outcome: JobOutcome) -> JobOutcome {
        guard case .retry(_, let failure) = outcome, Date().timeIntervalSince(job.enqueuedAt) < 2 else { return outcome }
        return .retry(after: .seconds(2), failure)
    }
}

extension MatchRound {
    /// What the round came to, in words.
    var note: String {
        let counts = MatchReason.State.allCases.map { state in
            "\(matching.matches.count { $0.state == state }) \(state.rawValue)"
        }
        return (counts + ["\(written.values.count { $0 == .written }) written"]).joined(separator: ", ")
    }
}
