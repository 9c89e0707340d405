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
        "/jobs?state=dead", "/jobs?state=running&kind=people.match", "/jobs/retry?state=dead", "/jobs/pause?kind=call.write",
        "/audit?who=nobody", "/nowhere",
    ]

    static var all: [String] {
        ConsoleFeatures.pages.map(\.path).filter { !downloads.contains($0) }.flatMap { examples[$0] ?? [$0] } + more
    }
}
