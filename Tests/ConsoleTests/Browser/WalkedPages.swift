@testable import Console

/// The pages that the browser walks: each that there is, those that need to be told what they show by an example.
enum WalkedPages {
    /// By the route's path, what stands for it.
    static let examples: [String: [String]] = [
        "/jobs/:id": ["/jobs/901", "/jobs/921"],
        "/calls/:id": ["/calls/00000000-0000-4000-8000-000000000901?tenant=acme"],
        "/callbacks/:id": ["/callbacks/00000000-0000-4000-8000-000000000931?tenant=acme"],
        "/matches/number": ["/matches/number?tenant=acme&number=%2B358401234567"],
        "/settings/:name": ["/settings/CallDurationLimit?tenant=acme"],
        "/routing/rules/:version": ["/routing/rules/1?tenant=acme"],
        "/routing/try": ["/routing/try?tenant=acme&anum=%2B358401234567&bnum=%2B358401234568"],
        "/reports/:name": ["/reports/balance"],
    ]

    /// Files that browsers keep instead of showing them.
    static let downloads: Set = ["/reports/:name/csv"]

    /// Further looks at pages, and at what actions would do.
    static let more = [
        "/jobs?state=dead", "/jobs?state=running&kind=people.match",
        "/jobs?state=later&lane=live&error=0&callback=00000000-0000-4000-8000-000000000931",
        "/matches?tenant=acme&number=3584012",
        "/jobs/retry?state=dead", "/jobs/cancel?state=dead", "/jobs/pause?kind=call.write",
        "/jobs/resume?kind=people.match&tenant=beta",
        "/settings/change?tenant=acme&setting=CallDurationLimit&value=7&days=7",
        Query().setting("tenant", "acme").setting("document", document).link("/routing/apply"),
        "/routing/rollback?tenant=acme&version=1",
        "/matches/decide?tenant=acme&number=%2B358401234567&to=contact/00000000-0000-4000-8000-000000000941&past=7",
        "/matches/undo?tenant=acme&number=%2B358401234599",
        "/operators/add?name=somebody&role=operator", "/operators/password?name=Night+Watch",
        "/operators/role?name=Night+Watch&role=viewer", "/operators/disable?name=Night+Watch",
        "/audit?who=nobody", "/nowhere",
    ]

    /// Other rules than those in force.
    private static let document = "timezone: Europe/Helsinki\nrules:\n  - {name: none, to: \"+358401234570\"}\n"

    static var all: [String] {
        ConsoleFeatures.pages.map(\.path).filter { !downloads.contains($0) }.flatMap { examples[$0] ?? [$0] } + more
    }
}
