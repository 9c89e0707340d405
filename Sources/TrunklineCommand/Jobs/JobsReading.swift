import ArgumentParser
import Foundation
import Jobs
import Operations
import Postgres

/// States of a job, as `hub.jobs` names them.
enum JobState: String, ExpressibleByArgument, CaseIterable {
    case ready, running, waiting, scheduled, retry, snoozed, held, dead, done, cancelled, superseded

    /// What is not over yet, or waits for an operator.
    static let unfinished: [JobState] = [.ready, .running, .waiting, .scheduled, .retry, .snoozed, .held, .dead]
    static let past: [JobState] = [.done, .cancelled, .superseded]
}

/// Which jobs are meant.
struct JobFilterOptions: ParsableArguments {
    @Option(name: .long, help: "Only this kind, for example call.write.") var kind: String?
    @Option(name: .long, help: ArgumentHelp("Only this tenant's.", valueName: "name")) var tenant: String?
    @Option(name: .long, help: "Only this key, for example a call's id.") var key: String?

    func filter(states: [JobState], limit: Int, after: JobPlace? = nil, in session: Session) async throws -> JobFilter {
        try await KnownKinds.check(kind, on: session.database)
        let tenantID = if let tenant { try await TenantStore(database: session.database).named(tenant).id } else { Int32?.none }
        return JobFilter(states: states.map(\.rawValue), kind: kind, tenant: tenantID, key: key, limit: limit, after: after)
    }
}

struct JobsList: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List jobs, newest first; without --state those that are not finished, of the past by the time they ended.")

    @Option(name: .long, parsing: .upToNextOption, help: "Only these states.") var state: [JobState] = []
    @OptionGroup var which: JobFilterOptions
    @Option(name: .long, help: "At most so many.") var limit = 50
    @Option(name: .long, help: ArgumentHelp("The page after the one that ended with this job.", valueName: "job"))
    var after: Int64?
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    private var states: [JobState] { state.isEmpty ? JobState.unfinished : state }
    private var isOfThePast: Bool { states.allSatisfy(JobState.past.contains) }

    func validate() throws {
        guard limit > 0 else { throw ValidationError("--limit is at least 1") }
        if after != nil, !isOfThePast, states.contains(where: JobState.past.contains) {
            throw ValidationError("--after goes with states of unfinished jobs or with \(Self.pastInWords), not with both")
        }
    }

    private static let pastInWords = JobState.past.map(\.rawValue).joined(separator: ", ")

    /// Jobs of the past are in order of their end, which the job's number leads to; unfinished ones are in order of their number.
    private func place(in session: Session) async throws -> JobPlace? {
        guard let after else { return nil }
        guard isOfThePast else { return JobPlace(unfinished: after) }
        let job = try await JobAdmin(database: session.database).show(after)
        guard let job, let at = job.at, JobState.past.map(\.rawValue).contains(job.state) else {
            throw OperatorError.failed("there is no job \(after) among the \(Self.pastInWords) ones")
        }
        return JobPlace(finished: after, at: at)
    }

    func run(in session: Session) async throws {
        let filter = try await which.filter(states: states, limit: limit, after: place(in: session), in: session)
        let names = try await TenantStore(database: session.database).names()
        var table = Table("job", "state", "kind", "tenant", "lane", "key", "attempts", "enqueued_at", "at", "worker", "error")
        for job in try await JobAdmin(database: session.database).list(filter) {
            table.append(
                .integer(job.id), .text(job.state), .text(job.kind), .text(names[job.tenant] ?? "-"),
                .text(JobWords.lane(Int(job.lane.rawValue))), .text(job.key), .text(job.attemptsInWords),
                .time(job.enqueuedAt), .time(job.at), .integer(job.worker),
                .text(job.error.map { JobError($0).line }))
        }
        output.print(table, none: "no such job")
    }
}

struct JobsShow: SessionCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Show everything about a job.")

    @Argument(help: "The job's number.") var id: Int64
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run(in session: Session) async throws {
        guard let job = try await JobAdmin(database: session.database).show(id) else {
            throw OperatorError.failed("there is no job \(id): it never was, or its history was dropped by retention")
        }
        let tenant = try await TenantStore(database: session.database).names()[job.tenant]
        let members: [(String, OutputValue)] = [
            ("job", .integer(job.id)), ("state", .text(job.state)), ("queue", .text(job.queue)), ("kind", .text(job.kind)),
            ("tenant", .text(tenant)), ("lane", .text(JobWords.lane(Int(job.lane.rawValue)))), ("key", .text(job.key)),
            ("attempts", .integer(job.attempts)), ("max_attempts", .integer(job.maxAttempts)),
            ("enqueued_at", .time(job.enqueuedAt)), ("at", .time(job.at)), ("worker", .integer(job.worker)),
            ("note", .text(job.note)), ("error", job.error.map { .json(JobError($0).last) } ?? .none),
            ("payload", .json(job.payload.text)),
        ]
        let failed = Self.failed(job)
        output.print(
            .object((members + [("failed", failed.json)]).map { OutputValue.Member(name: $0.0, value: $0.1) }),
            text: members.filter { $0.1 != .none }.map { name, value in
                let title = name == "at" ? JobWords.meaningOfTime(job.state) : name.replacing("_", with: " ")
                return title.padding(toLength: 14, withPad: " ", startingAt: 0) + value.plain
            }.joined(separator: "\n") + "\n\n" + failed.text(none: "no attempt failed"))
    }

    /// The newest attempts that failed, oldest first.
    private static func failed(_ job: JobRecord) -> Table {
        var table = Table("attempt", "failed_at", "worker", "error")
        for attempt in job.failedAttempts {
            table.append(.integer(attempt.number), .time(attempt.at), .integer(attempt.worker), .text(attempt.line))
        }
        return table
    }
}

struct JobsCounts: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "counts",
        abstract: "How many jobs stand in which state, as the workers last counted them; and what is paused.")

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run(in session: Session) async throws {
        let admin = JobAdmin(database: session.database)
        var table = Table("queue", "kind", "lane", "state", "jobs", "oldest_at", "counted_at")
        for count in try await admin.counts() where count.jobs > 0 {
            table.append(
                .text(count.queue), .text(count.kind), .text(JobWords.lane(Int(count.lane.rawValue))), .text(count.state),
                .integer(count.jobs), .time(count.oldest), .time(count.countedAt))
        }
        output.print(table, none: "no unfinished job was counted")
        guard output.format == .table else { return }
        let names = try await TenantStore(database: session.database).names()
        for pause in try await admin.pauses() {
            let tenant = pause.tenant.map { "tenant \(names[$0] ?? String($0))" } ?? "every tenant"
            Terminal.print(
                "paused: \(pause.kind ?? "every kind") of \(tenant), by \(pause.by) since \(PlainTime.seconds(pause.since))"
                    + (pause.reason.map { ": \($0)" } ?? ""))
        }
    }
}
