import Foundation
import Jobs
import Model
import Operations
import Postgres

/// Counts, pauses and the list of jobs.
enum JobListPage {
    struct Row: Sendable {
        let id: Int64
        let href: String
        let state: Tag
        let kind: String
        let tenant: String
        let lane: String
        let attempts: String
        let enqueued: TimeMark
        /// What the one time of its state means, and when that is.
        let atMeans: String
        let at: TimeMark?
        let key: String?
        let error: String?
    }

    struct Pause: Sendable {
        let what: String
        let reason: String
        let by: String
        let since: TimeMark
        /// Nil: this operator may not.
        let resume: String?
    }

    struct Button: Sendable {
        let text: String
        let href: String
    }

    struct Model: Sendable {
        let counts: JobCountsModel
        let pauses: [Pause]
        let hasPauses: Bool
        let mayPause: Bool
        let pauseChoices: [Choices]
        let choices: [Choices]
        let key: String
        let code: String
        let error: String?
        let callback: String?
        let buttons: [Button]
        let hasButtons: Bool
        let rows: [Row]
        let hasRows: Bool
        let emptyWords: String
        let isCutShort: Bool
        let pager: Pager
        let words: String
    }

    private static let rowsPerPage = 50

    static func page(_ request: ConsoleRequest) async throws -> Page {
        if let number = request.query.integer("job", as: Int64.self) { throw GoTo(path: "/jobs/\(number)") }
        let database = request.database
        let filter = ConsoleJobFilter(request.query)
        async let counts = JobCountsModel.read(database, now: request.now)
        async let pauses = JobAdmin(database: database).pauses()
        async let names = TenantStore(database: database).names()
        async let kinds = JobFlowStore(database: database).kinds()
        let place = place(request.query)
        let found = try await filter.filter(database, limit: rowsPerPage, after: place)
        let list = if let found { try await JobAdmin(database: database).page(found) } else { JobPage?.none }
        let own = request.query.keeping(ConsoleJobFilter.names)
        let tenants = try await names
        let rows = (list?.jobs ?? []).map { row($0, tenants, request) }
        let (kindNames, tenantNames) = (try await kinds, tenants.values.sorted())
        let buttons = request.may(.operator) && !own.pairs.isEmpty ? try await buttons(filter, own, request) : []
        return Page(
            "Jobs", in: .jobs, template: "jobs/list",
            model: Model(
                counts: try await counts, pauses: try await pauses.map { pause($0, tenants, request) },
                hasPauses: try await !pauses.isEmpty, mayPause: request.may(.operator),
                pauseChoices: [
                    Choices("kind", "Kind", kindNames, chosen: nil, any: "every kind", id: "pause-kind"),
                    Choices("tenant", "Tenant", tenantNames, chosen: nil, any: "every tenant", id: "pause-tenant"),
                ],
                choices: [
                    filter.stateChoices,
                    Choices("kind", "Kind", kindNames, chosen: filter.kind, any: "any"),
                    Choices("lane", "Lane", Lane.allCases.map(ConsoleJobFilter.word), chosen: filter.lane, any: "any"),
                    Choices(
                        "tenant", "Tenant", tenantNames.map { ($0, $0) } + [(ConsoleJobFilter.hubItself, "the hub itself")],
                        chosen: filter.tenant, any: "any"),
                ], key: filter.key ?? "", code: filter.code ?? "", error: filter.error, callback: filter.callback,
                buttons: buttons, hasButtons: !buttons.isEmpty, rows: rows,
                hasRows: !rows.isEmpty,
                emptyWords: filter.unreadable
                    ?? (place == nil ? "There are no \(filter.inWords)." : "That was all: no more \(filter.inWords)."),
                isCutShort: list?.isCutShort ?? false, pager: pager(list, request), words: filter.inWords))
    }

    private static func pager(_ list: JobPage?, _ request: ConsoleRequest) -> Pager {
        var pager = Pager(
            of: request.query.keeping(ConsoleJobFilter.names + ["after"]), at: "/jobs", by: "after",
            next: list?.next.map(text), anchor: "list")
        if list?.isCutShort == true { pager.nextWords = Pager.furtherBack }
        return pager
    }

    /// What can be done with all that fit.
    private static func buttons(_ filter: ConsoleJobFilter, _ own: Query, _ request: ConsoleRequest) async throws -> [Button] {
        var buttons: [Button] = []
        for verb in [JobDesk.Verb.retry, .cancel] {
            let count = try await filter.count(request, states: verb.states)
            guard !count.isZero else { continue }
            // None among those looked at, and more behind them: the action counts them all.
            let jobs = count.number == 0 ? "all that fit" : count.of("job")
            buttons.append(Button(text: "\(verb.rawValue.capitalized) \(jobs)", href: own.link("/jobs/\(verb.rawValue)")))
        }
        return buttons
    }

    static func row(_ job: JobRecord, _ tenants: [Int32: String], _ request: ConsoleRequest) -> Row {
        Row(
            id: job.id, href: "/jobs/\(job.id)", state: .job(job.state), kind: job.kind, tenant: tenants[job.tenant] ?? "–",
            lane: JobWords.lane(Int(job.lane.rawValue)), attempts: job.attemptsInWords, enqueued: request.mark(job.enqueuedAt),
            atMeans: JobWords.meaningOfTime(job.state), at: request.mark(job.at), key: job.key,
            error: job.error.map { String(JobError($0).line.prefix(200)) } ?? job.note.map { String($0.prefix(200)) })
    }

    private static func pause(_ pause: JobPause, _ tenants: [Int32: String], _ request: ConsoleRequest) -> Pause {
        let tenant = pause.tenant.map { tenants[$0] ?? "\($0)" }
        let query = Query().setting("kind", pause.kind).setting("tenant", tenant)
        return Pause(
            what: "\(pause.kind ?? "every kind") of \(tenant.map { "tenant \($0)" } ?? "every tenant")",
            reason: pause.reason ?? "no reason given",
            by: pause.by, since: request.mark(pause.since), resume: request.may(.operator) ? query.link("/jobs/resume") : nil)
    }

    /// Where a page begins: a job's number or, among those of the past, its end and number.
    private static func place(_ query: Query) -> JobPlace? {
        guard let parts = query["after"]?.split(separator: "~"), let id = parts.last.flatMap({ Int64($0) }) else { return nil }
        guard parts.count == 2, let micros = Int64(parts[0]) else { return JobPlace(unfinished: id) }
        return JobPlace(finished: id, at: Date(timeIntervalSince1970: Double(micros) / 1_000_000))
    }

    private static func text(_ place: JobPlace) -> String {
        place.finishedAt.map { "\(Int64(($0.timeIntervalSince1970 * 1_000_000).rounded()))~\(place.id)" } ?? "\(place.id)"
    }
}
