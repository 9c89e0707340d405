import ArgumentParser
import Foundation
import Model
import Operations
import PhoneNumbers

/// `trunkline why`: the whole story of a call, a callback request or a person.
struct WhyCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "why",
        abstract:
            "Tell the whole story of a call, a callback request or a person: what was seen, decided and written, when, by whom and why.",
        discussion: """
            trunkline why 6f9619ff-8b86-d011-b42d-00c04fc964ff
            trunkline why +31612345678
            trunkline why anonymous --limit 50
            trunkline why ann@example.com

            Takes the id of a call or a callback request in Enreach, the id of a phone call in Dynamics, or a number; of a person the e-mail \
            address, or the id in Dynamics or in Enreach. Several calls of a number \
            are listed, newest first; --last tells the story of the newest. A number of the organisation itself, or one \
            that can't be read as international, is looked for among the calls of the last 31 days.
            """)

    @Argument(
        help: ArgumentHelp(
            "A call's id, a phone call's id, a number, an e-mail address or a user's id.",
            valueName: "call id | phone call id | number | e-mail | user id"))
    var subject: String

    @Flag(name: .long, help: "Of several calls, the newest.") var last = false
    @Flag(name: .long, help: "Of a number, its callback requests in place of its calls.") var callbacks = false
    @Option(name: .long, help: "List at most so many calls.") var limit = 20
    @Option(name: .long, help: ArgumentHelp("Only this tenant's calls.", valueName: "name")) var tenant: String?
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run(in session: Session) async throws {
        let store = CallStoryStore(database: session.database)
        let tenantID = if let tenant { try await TenantStore(database: session.database).named(tenant).id } else { Int32?.none }
        if subject.contains("@") {
            guard try await tellPerson(in: session, tenantID) else {
                throw OperatorError.failed(
                    "the hub knows nobody of the address \(subject): neither vendor has shown it, or user-sync has not run yet")
            }
            return
        }
        if try await tellCallback(in: session, tenantID) { return }
        let calls =
            if let id = UUID(uuidString: subject) {
                try await store.calls(id: id, tenant: tenantID)
            } else {
                try await firstFound(in: session) {
                    try await store.calls(number: $0, tenant: $1 ?? tenantID, limit: limit)
                }
            }
        guard let newest = calls.first else {
            if try await tellPerson(in: session, tenantID) { return }
            throw OperatorError.failed(
                "the hub knows no call of \(subject): it never saw one, or has forgotten it by CallRetention; "
                    + "numbers of private calls are not kept")
        }
        if calls.count > 1, !last {
            output.print(list(calls), none: "")
            if output.format == .table { Terminal.note("\(calls.count) calls: name one by its id, or add --last") }
            return
        }
        let story = try await store.story(of: newest)
        output.print(story.json, text: StoryText(story).lines.joined(separator: "\n"))
    }

    /// What is found of the number as each tenant's region has it; else of the number as typed.
    ///
    /// - Parameter find: by the number and, where a tenant's region made it, that tenant.
    private func firstFound<Found>(
        in session: Session, _ find: (String, Int32?) async throws -> [Found]
    ) async throws -> [Found] {
        let typed = PhoneNumber(subject).e164 ?? subject
        for one in try await TenantStore(database: session.database).all() where tenant == nil || one.name == tenant {
            let number = NumberReader(region: one.region).current(subject)
            guard number != typed else { continue }
            let found = try await find(number, one.id)
            if !found.isEmpty { return found }
        }
        return try await find(typed, nil)
    }

    /// True when the subject is a callback request, or several, and they were told.
    private func tellCallback(in session: Session, _ tenant: Int32?) async throws -> Bool {
        let store = CallbackRowStore(database: session.database)
        let id = UUID(uuidString: subject)
        guard id != nil || callbacks else { return false }
        let rows =
            if let id {
                try await store.rows(id: id, tenant: tenant).filter { callbacks || $0.callID != id }
            } else {
                try await firstFound(in: session) {
                    try await store.rows(number: $0, tenant: $1 ?? tenant, limit: limit)
                }
            }
        guard let newest = rows.first else {
            if let id, let told = try await ToldCallback.find(id, tenant: tenant, in: session.database) {
                throw OperatorError.failed(told.sentence)
            }
            if callbacks { throw OperatorError.failed("the hub knows no callback request of \(subject)") }
            return false
        }
        if rows.count > 1, !last {
            output.print(CallbackRow.table(rows), none: "")
            if output.format == .table { Terminal.note("\(rows.count) requests: name one by its id, or add --last") }
            return true
        }
        let story = CallbackStory(callback: newest, events: try await store.events(of: newest))
        output.print(story.json, text: story.lines.joined(separator: "\n"))
        return true
    }

    /// True when the subject is a person, or several, and they were told.
    private func tellPerson(in session: Session, _ tenant: Int32?) async throws -> Bool {
        let stories = try await PersonStoryStore(database: session.database).stories(of: subject, tenant: tenant)
        guard let only = stories.first else { return false }
        if stories.count > 1 {
            output.print(list(stories), none: "")
            if output.format == .table { Terminal.note("\(stories.count) people: name one by an id") }
            return true
        }
        output.print(only.json, text: only.lines.joined(separator: "\n"))
        return true
    }

    private func list(_ stories: [PersonStory]) -> Table {
        var table = Table("tenant", "name", "state", "reason", "system_user", "enreach_user")
        for story in stories {
            table.append(
                .text(story.tenant), .text(story.name), .text(story.state), .text(story.reasonInWords),
                .text((story.user?.id ?? story.formerID)?.lowercase),
                .text(story.enreach.map(\.id.lowercase).joined(separator: ", ")))
        }
        return table
    }

    private func list(_ calls: [CallRow]) -> Table {
        var table = Table("call", "tenant", "started_at", "direction", "from", "to", "talk_seconds", "user", "state", "reason")
        for call in calls {
            let (from, to) = call.fromTo
            table.append(
                .text(call.callID.lowercase), .text(call.tenant), .time(call.startedAt), .text(call.direction),
                .text(from), .text(to), .integer(call.talkSeconds), .text(call.userName), .text(call.state), .text(call.reason))
        }
        return table
    }
}
