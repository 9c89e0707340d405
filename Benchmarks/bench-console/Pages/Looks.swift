import Console
import Model
import Reports

/// What is asked of the console: each page that there is, those that need to be told what they show by examples; and what actions would do.
struct Looks: Sendable {
    let examples: Examples

    /// Lists that have a second page whatever the size of the hub.
    var long: Set<String> {
        ["/jobs", "/calls", "/audit", Address.link("/routing", ("tenant", examples.tenant))]
    }

    /// - Throws: `BenchError` when there is a page that needs an example and has none.
    func all() throws -> [String] {
        let given = pages
        return try ConsoleProgram.pagePaths.flatMap { path in
            if let addresses = given[path] { return addresses }
            guard !path.contains(":") else { throw BenchError("no example stands for \(path): add one to Looks") }
            return [path]
        } + previews
    }

    /// By the page's path, what stands for it. One that is missing stands for itself.
    private var pages: [String: [String]] {
        let tenant = ("tenant", examples.tenant)
        return [
            "/": ["/", Address.link("/", tenant)],
            "/jobs": jobs,
            "/jobs/:id": [examples.finishedJob, examples.deadJob, examples.readyJob].map { "/jobs/\($0)" },
            "/calls": calls,
            "/calls/:id": [examples.call, examples.deadCall].map { Address.link("/calls/\($0)", tenant) },
            "/callbacks": callbacks,
            "/callbacks/:id": [Address.link("/callbacks/\(examples.callback)", tenant)],
            "/matches": [
                "/matches", Address.link("/matches", ("tenant", examples.smallTenant)),
                Address.link("/matches", tenant, ("number", examples.decidedNumber)),
            ],
            "/matches/number": [examples.ambiguousNumber, examples.carriedNumber, examples.decidedNumber].map {
                Address.link("/matches/number", tenant, ("number", $0))
            },
            "/settings": [Address.link("/settings", tenant)],
            "/settings/:name": [Address.link("/settings/CallDurationLimit", tenant)],
            "/routing": [Address.link("/routing", tenant)],
            "/routing/rules/:version": [Address.link("/routing/rules/\(examples.rules)", tenant)],
            "/routing/try": [
                Address.link("/routing/try", tenant, ("anum", examples.carriedNumber), ("bnum", examples.ownNumber))
            ],
            "/people": ["/people", Address.link("/people", tenant, ("q", examples.person)), "/people?state=unmatched"],
            "/reports/:name": Report.all.map { "/reports/\($0.name)" },
            "/reports/:name/csv": Report.all.map { "/reports/\($0.name)/csv" },
            "/audit": [
                "/audit", Address.link("/audit", ("who", examples.auditWho)), Address.link("/audit", ("who", "nobody")),
                Address.link("/audit", ("action", examples.auditAction)), Address.link("/audit", tenant),
                Address.link("/audit", ("tenant", examples.smallTenant), ("who", examples.auditWho)),
            ],
        ]
    }

    private var jobs: [String] {
        let states = [
            "ready", "running", "waiting", "scheduled", "retry", "snoozed", "held", "dead", "done", "cancelled", "superseded",
        ]
        let small = ("tenant", examples.smallTenant)
        return ["/jobs"] + states.map { Address.link("/jobs", ("state", $0)) } + [
            Address.link("/jobs", ("kind", examples.rareKind)), Address.link("/jobs", small),
            Address.link("/jobs", ("state", "done"), ("kind", examples.rareKind), small),
            Address.link("/jobs", ("state", "dead"), ("code", examples.errorCode)),
            Address.link("/jobs", ("state", "dead"), ("error", examples.errorMark)),
            Address.link("/jobs", ("state", "later"), ("lane", "backfill")),
            Address.link("/jobs", ("callback", examples.callback)),
            Address.link("/jobs", ("key", examples.jobKey)), Address.link("/jobs", ("key", "of no job")),
        ]
    }

    private var calls: [String] {
        let tenant = ("tenant", examples.tenant)
        let day = ("day", examples.day)
        return ["/calls", Address.link("/calls", tenant, day)]
            + CallState.allCases.map { Address.link("/calls", tenant, day, ("state", $0.rawValue)) }
            + [examples.person, "nobody"].map { Address.link("/calls", tenant, day, ("person", $0)) }
            + [examples.ownNumber, examples.number].map { Address.link("/calls", tenant, day, ("q", $0)) }
            + [
                Address.link("/calls", tenant, ("q", examples.number)),
                Address.link("/calls", tenant, ("q", examples.number), ("state", "dead")),
                Address.link("/calls", tenant, ("q", examples.number), ("person", "nobody")),
                Address.link("/calls", tenant, ("q", examples.carriedNumber)),
            ]
    }

    private var callbacks: [String] {
        let tenant = ("tenant", examples.tenant)
        let day = ("day", examples.callbackDay)
        return ["/callbacks", Address.link("/callbacks", tenant, day)]
            + ["pending", "written", "ignored", "skipped", "dead"].map { Address.link("/callbacks", tenant, day, ("state", $0)) }
            + [
                Address.link("/callbacks", tenant, ("q", examples.callbackNumber)),
                Address.link("/callbacks", tenant, ("q", examples.carriedNumber)),
            ]
    }

    /// What actions would do, as it is shown before they are confirmed. Nothing is done.
    private var previews: [String] {
        let tenant = ("tenant", examples.tenant)
        let rehearsed = [("CallDurationLimit", "45"), ("RegardingLookup", "false")]
        return rehearsed.flatMap { setting, value in
            ["1", "7", "30"].map {
                Address.link("/settings/change", tenant, ("setting", setting), ("value", value), ("days", $0))
            }
        } + [
            "/jobs/retry?state=dead", "/jobs/cancel?state=ready", Address.link("/jobs/pause", ("kind", examples.rareKind)),
            Address.link("/matches/decide", tenant, ("number", examples.carriedNumber), ("to", examples.carrier), ("past", "30")),
            Address.link("/matches/undo", tenant, ("number", examples.decidedNumber)),
            Address.link("/routing/rollback", tenant, ("version", "1")),
            Address.link("/operators/disable", ("name", BenchOperator.other)),
            Address.link("/operators/password", ("name", BenchOperator.other)),
        ]
    }
}
