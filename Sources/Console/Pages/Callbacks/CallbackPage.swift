import Foundation
import Model
import Operations

/// One callback request: its story, as `trunkline why` tells it.
enum CallbackPage {
    struct Model: Sendable {
        let state: Tag
        let facts: [Fact]
        let moments: [Moment]
        let json: String
        let links: [Link]
        let hasLinks: Bool
    }

    static func page(_ request: ConsoleRequest) async throws -> Page {
        let id = try request.parameter("id") { UUID(uuidString: $0) }
        let store = CallbackRowStore(database: request.database)
        let rows = try await store.rows(id: id, tenant: nil).filter { $0.id == id }
        guard let row = rows.first(where: { $0.tenant == request.query["tenant"] }) ?? rows.first else {
            throw ConsoleError.notFound
        }
        let story = CallbackStory(callback: row, events: try await store.events(of: row))
        let links = links(row, try await TenantStore(database: request.database).numbered(row.tenantID))
        return Page(
            "Callback request \(row.id.lowercase)", in: .callbacks, template: "callbacks/page",
            trail: [Link("Callbacks", Query().setting("tenant", row.tenant).link("/callbacks"))],
            model: Model(
                state: .callback(row.state),
                facts: [Fact("Tenant", row.tenant)]
                    + story.facts.compactMap { name, text in text.map { Fact(name.capitalizedFirst, $0) } },
                moments: story.events.map { Moment($0, CallbackStory.sentence($0), request) },
                json: PrettyJSON.text(JSONOutput.write(story.json)),
                links: links, hasLinks: !links.isEmpty))
    }

    private static func links(_ row: CallbackRow, _ tenant: Tenant?) -> [Link] {
        let query = Query().setting("tenant", row.tenant)
        var links: [Link] = []
        if row.writtenAt != nil, row.recordState != "deleted",
            let href = DynamicsLink.record("phonecall", row.activityID, of: tenant)
        {
            links.append(Link("Phone call in Dynamics", href))
        }
        if let table = row.regardingTable, let id = row.regardingID,
            let href = DynamicsLink.record(table, id, of: tenant)
        {
            links.append(Link("\(table.capitalizedFirst) in Dynamics", href))
        }
        if let queue = row.queueID, let href = DynamicsLink.record("queue", queue, of: tenant) {
            links.append(Link("Queue in Dynamics", href))
        }
        if let call = row.callID { links.append(Link("The call that led to it", query.link("/calls/\(call.lowercase)"))) }
        if let number = row.number {
            links.append(Link("Callbacks of the number", query.setting("q", number).link("/callbacks")))
        }
        links.append(Link("Its jobs", query.setting("callback", row.id.lowercase).link("/jobs") + "#list"))
        return links
    }
}
