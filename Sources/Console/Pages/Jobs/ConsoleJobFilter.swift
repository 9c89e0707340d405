import Foundation
import Jobs
import Operations
import Postgres

/// Which jobs a page, its count and its actions are about: read from the address by all three.
struct ConsoleJobFilter: Sendable {
    static let states = [
        "ready", "running", "waiting", "scheduled", "retry", "snoozed", "held", "dead", "done", "cancelled", "superseded",
    ]
    /// Fields of the address that belong to it.
    static let names = ["state", "kind", "tenant", "key", "code", "job"]
    /// Rows looked at in each table for a page: a rare kind may stand behind millions of others.
    private static let pageReach = 5000

    let states: [String]?
    let kind: String?
    let tenant: String?
    let key: String?
    let code: String?
    /// Single jobs by their numbers.
    let numbers: [Int64]

    init(_ query: Query) {
        let states = query.all("state").filter(Self.states.contains)
        self.states = states.isEmpty ? nil : states
        kind = query["kind"]
        tenant = query["tenant"]
        key = query["key"]
        code = query["code"]
        numbers = query.all("job").compactMap { Int64($0) }
    }

    /// As the job table takes it; nil when there is no such tenant, so that nothing fits.
    func filter(_ database: Database, limit: Int, reach: Int = pageReach, after: JobPlace? = nil) async throws -> JobFilter? {
        var tenantID: Int32?
        if let tenant {
            guard let found = try await TenantStore(database: database).all().first(where: { $0.name == tenant }) else {
                return nil
            }
            tenantID = found.id
        }
        return JobFilter(
            states: states, kind: kind, tenant: tenantID, key: key, code: code, limit: limit, reach: reach, after: after)
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
            tenant.map { "of tenant \($0)" }, key.map { "with key \($0)" }, code.map { "with error \($0)" },
        ].compactMap(\.self)
        return (kinds + ["jobs"] + rest).joined(separator: " ")
    }
}
