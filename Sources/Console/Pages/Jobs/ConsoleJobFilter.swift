import CallbackSync
import Foundation
import Jobs
import Model
import Operations
import Postgres

/// Which jobs a page, its count and its actions are about: read from the address by all three.
struct ConsoleJobFilter: Sendable {
    static let states = [
        "ready", "running", "waiting", "scheduled", "retry", "snoozed", "held", "dead", "done", "cancelled", "superseded",
    ]
    /// States in which a job waits for a time, or for another; together they are called `later`.
    static let later = ["waiting", "scheduled", "retry", "snoozed", "held"]
    /// Stands for a tenant's name where jobs of the hub itself are meant; no tenant can be called so.
    static let hubItself = "-"
    /// Fields of the address that belong to it.
    static let names = ["state", "kind", "lane", "tenant", "key", "code", "error", "callback", "job"]
    /// Rows looked at in each table for a page: a rare kind may stand behind millions of others.
    private static let pageReach = 5000

    let states: [String]?
    let kind: String?
    let tenant: String?
    let key: String?
    let code: String?
    /// As the address calls it.
    let lane: String?
    /// The mark of errors that are counted as one.
    let error: String?
    /// The request on which they work, by its id.
    let callback: String?
    /// Single jobs by their numbers.
    let numbers: [Int64]
    /// What of the address can't be read, in a sentence: nothing fits then. Nil: all of it can.
    let unreadable: String?

    init(_ query: Query) {
        let words = query.all("state").flatMap { $0.split(separator: " ").map(String.init) }
        let states = words.flatMap { $0 == Self.laterWord ? Self.later : [$0] }
        self.states = states.isEmpty ? nil : states
        kind = query["kind"]
        tenant = query["tenant"]
        key = query["key"]
        code = query["code"]
        lane = query["lane"]
        error = query["error"]
        callback = query.uuid("callback")?.lowercase ?? query["callback"]
        let jobs = query.all("job").map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }.filter { !$0.isEmpty }
        numbers = jobs.compactMap { Int64($0) }
        // Left out, it would stand for any: more would fit than was asked for.
        let problems = [
            states.first { !Self.states.contains($0) }.map { "There is no state \($0)." },
            lane.flatMap { Self.lane($0) == nil ? "There is no lane \($0)." : nil },
            callback.flatMap { UUID(uuidString: $0) == nil ? "\($0) is no id of a callback request." : nil },
            jobs.first { Int64($0) == nil }.map { "\($0) is no number of a job." },
        ]
        unreadable = problems.compactMap(\.self).first
    }

    /// As the job table takes it; nil when there is no such tenant, or something can't be read, so that nothing fits.
    func filter(_ database: Database, limit: Int, reach: Int = pageReach, after: JobPlace? = nil) async throws -> JobFilter? {
        guard unreadable == nil else { return nil }
        var tenantID: Int32?
        if tenant == Self.hubItself {
            tenantID = 0
        } else if let tenant {
            guard let found = try await TenantStore(database: database).all().first(where: { $0.name == tenant }) else {
                return nil
            }
            tenantID = found.id
        }
        return JobFilter(
            states: states, kind: kind, tenant: tenantID, key: key, code: code, lane: lane.flatMap(Self.lane), errorGroup: error,
            payload: callback.flatMap { UUID(uuidString: $0) }.map(CallbackJobs.payload), limit: limit, reach: reach, after: after
        )
    }

    private static let laterWord = "later"

    /// What the address says for one state, or for several: the choice of states on the page holds one word.
    static func word(for states: [String]) -> String { states == later ? laterWord : states.joined(separator: " ") }

    static func word(for lane: Lane) -> String { JobWords.lane(Int(lane.rawValue)) }

    private static func lane(_ word: String) -> Lane? { Lane.allCases.first { self.word(for: $0) == word } }

    /// To choose states from: each, those that are called later, and what is chosen if it is another combination.
    var stateChoices: Choices {
        let several = [(Self.laterWord, "later: \(Self.later.joined(separator: ", "))")]
        return Choices(
            "state", "State", Self.states.map { ($0, $0) } + several, chosen: states.map(Self.word(for:)), any: "any")
    }

    /// How many fit that are in one of the states: as many as are worth counting, of as many rows as are worth looking at.
    func count(_ request: ConsoleRequest, states: [String]) async throws -> Count {
        let reach = request.services.settings.countReach
        guard var filter = try await filter(request.database, limit: 1, reach: reach) else { return Count(0) }
        filter.states = self.states.map { own in states.filter(own.contains) } ?? states
        let tally = try await JobAdmin(database: request.database).count(filter, limit: Count.limit + 1)
        return Count(min(tally.jobs, Count.limit), isMore: tally.isCutShort)
    }

    /// `dead call.write jobs of tenant acme with error 429`
    var inWords: String {
        let kinds = [states.map { $0.joined(separator: " or ") }, kind].compactMap(\.self)
        let rest = [
            lane.map { "of lane \($0)" },
            tenant.map { $0 == Self.hubItself ? "of the hub itself" : "of tenant \($0)" },
            key.map { "with key \($0)" }, callback.map { "of callback request \($0)" },
            code.map { "with error \($0)" }, error.map { _ in "with one error's text" },
        ].compactMap(\.self)
        return (kinds + ["jobs"] + rest).joined(separator: " ")
    }
}
