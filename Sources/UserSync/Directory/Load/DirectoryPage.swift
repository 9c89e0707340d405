import Dynamics
import PhoneNumbers

/// An answer of Dynamics, read: what it says about entries, and where it goes on.
struct DirectoryPage: Sendable {
    let rows: [DirectoryRow]
    let nextLink: String?
    let deltaLink: String?

    var unreadable: Int {
        rows.reduce(0) { sum, row in
            if case .entry(let entry) = row { sum + entry.unreadable } else { sum }
        }
    }

    /// Asks for a page, and reads its numbers.
    static func read(
        _ columns: DirectoryColumns, link: String?, size: Int, from dynamics: DynamicsClient, lane: BudgetLane
    ) async throws -> DirectoryPage {
        var query = ODataQuery(columns.table.set, select: columns.select)
        query.tracksChanges = true
        query.pageSize = size
        let page = try await dynamics.page(query, following: link, lane: lane)
        let parser = PhoneNumberParser(region: columns.region)
        return DirectoryPage(
            rows: page.rows.compactMap { DirectoryRow($0, columns, parser) }, nextLink: page.nextLink, deltaLink: page.deltaLink)
    }
}
