import Foundation
import Model
import Operations

/// One call: its story, as `trunkline why` tells it.
enum CallPage {
    struct Model: Sendable {
        let state: Tag
        let facts: [Fact]
        let legs: [String]
        let hasLegs: Bool
        let moments: [Moment]
        let jobs: DataTable
        let json: String
        let links: [Link]
        let hasLinks: Bool
    }

    static func page(_ request: ConsoleRequest) async throws -> Page {
        let id = try request.parameter("id") { UUID(uuidString: $0) }
        let store = CallStoryStore(database: request.database)
        let calls = try await store.calls(id: id, tenant: nil)
        guard let call = calls.first(where: { $0.tenant == request.query["tenant"] }) ?? calls.first else {
            throw ConsoleError.notFound
        }
        let story = try await store.story(of: call)
        let text = StoryText(story)
        let links = links(call, try await TenantStore(database: request.database).numbered(call.tenantID))
        return Page(
            "Call \(call.callID.lowercase)", in: .calls, template: "calls/page",
            trail: [Link("Calls", Query().setting("tenant", call.tenant).link("/calls"))],
            model: Model(
                state: .call(call.state),
                facts: [Fact("Tenant", call.tenant)] + text.facts.map { Fact($0.name.capitalizedFirst, $0.text) },
                legs: text.legs, hasLegs: !text.legs.isEmpty,
                moments: story.events.map { Moment($0, StoryText.sentence($0), request) },
                jobs: jobs(story.jobs, request), json: PrettyJSON.text(JSONOutput.write(story.json)), links: links,
                hasLinks: !links.isEmpty))
    }

    private static func links(_ call: CallRow, _ tenant: Tenant?) -> [Link] {
        var links: [Link] = []
        if call.writtenAt != nil, let href = DynamicsLink.record("phonecall", call.activityID, of: tenant) {
            links.append(Link("Phone call in Dynamics", href))
        }
        if let table = call.regardingTable, let id = call.regardingID,
            let href = DynamicsLink.record(table, id, of: tenant)
        {
            links.append(Link("\(table.capitalizedFirst) in Dynamics", href))
        }
        if let number = call.otherNumber, !call.isInternal {
            let query = Query().setting("tenant", call.tenant)
            links.append(Link("Calls of the other party", query.setting("q", number).link("/calls")))
            links.append(Link("Who carries its number", query.setting("number", number).link("/matches/number")))
        }
        return links
    }

    private static func jobs(_ jobs: [StoryJob], _ request: ConsoleRequest) -> DataTable {
        DataTable(
            "Jobs of the call, oldest first", ["Job", "Kind", "State", "#Attempts", "Enqueued", "When", "Last error or note"],
            jobs.map { job in
                [
                    .head("\(job.id)", "/jobs/\(job.id)"), .text(job.kind), .tag(.job(job.state)),
                    .number(job.maxAttempts.map { "\(job.attempts) of \($0)" } ?? "\(job.attempts)"),
                    .time(request.mark(job.enqueuedAt)),
                    .time(request.mark(job.at)), .wide(job.error.flatMap(StoryDetail.words) ?? job.note),
                ]
            }, empty: "No job worked on it, or its jobs are forgotten by JobRetention.")
    }
}
