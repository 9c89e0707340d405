import Foundation
import Postgres

/// Many contacts in the sandbox, and how far a hub has read them.
struct GeneratedContacts: Sendable {
    let hub: RehearsedHub

    private struct Order: Encodable {
        let contacts: Int
    }

    private struct Contact: Decodable {
        let id: UUID
    }

    private struct Contacts: Decodable {
        let rows: [Contact]
    }

    private struct Number: Encodable {
        let telephone1: String
    }

    func generate(_ contacts: Int) async throws {
        try await hub.door.post("/admin/dataverse/generate", Order(contacts: contacts))
    }

    func read(every seconds: Int) async throws {
        try await HubDatabase.change("DirectoryInterval", to: "\(seconds)", in: hub.database, tenant: RehearsedHub.tenant)
    }

    /// Waits until every table was read to its end once.
    func loaded(_ terminal: Terminal? = nil, within limit: Duration = .seconds(3600)) async throws {
        try await wait(limit, "the directory was not complete") {
            if let rows = try await hub.database.query(Self.progress).first?[0].decode(Int64?.self) {
                terminal?.show("\(rows) contacts")
            }
            return try await hub.database.query(Self.isComplete)[0].decode(Bool.self)
        }
    }

    /// What the load of contacts took.
    func load() async throws -> DirectoryFigures.Outcome {
        let (seconds, pages) = try await hub.database.query(Self.taken)[0].decode(Double.self, Int64.self)
        return DirectoryFigures.Outcome(seconds: seconds, pages: Int(pages))
    }

    /// Changes so many contacts, has the changes read together, and measures that.
    func change(_ number: Int) async throws -> DirectoryFigures.Delta {
        try await edit(number)
        let before = try await standing()
        let since = Date()
        try await read(every: 5)
        // The job after it shows that it is over.
        try await wait(.seconds(600), "the changes were not read") {
            let (rows, jobs) = (try await standing().rows - before.rows, try await self.jobs(since).count)
            return rows >= number && jobs >= 2
        }
        try await read(every: 86_400)
        let after = try await standing()
        return DirectoryFigures.Delta(
            changes: number, rows: after.rows - before.rows, pages: after.pages - before.pages,
            milliseconds: try await jobs(since).longest)
    }

    private func edit(_ number: Int) async throws {
        let contacts: Contacts = try await hub.door.get("/admin/dataverse/contacts?top=\(number)")
        let strands = 16
        try await withThrowingTaskGroup { group in
            for strand in 0..<strands {
                group.addTask {
                    for index in stride(from: strand, to: contacts.rows.count, by: strands) {
                        try await hub.door.patch(
                            "/admin/dataverse/contacts/\(contacts.rows[index].id.uuidString.lowercased())",
                            Number(telephone1: "+35850\(9_000_000 + index)"))
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private func standing() async throws -> (rows: Int, pages: Int) {
        let (rows, pages) = try await hub.database.query(Self.read)[0].decode(Int64.self, Int64.self)
        return (Int(rows), Int(pages))
    }

    private func jobs(_ since: Date) async throws -> (count: Int, longest: Int) {
        let (count, longest) = try await hub.database.query(Self.jobs, [since])[0].decode(Int64.self, Int32?.self)
        return (Int(count), Int(longest ?? 0))
    }

    private func wait(_ limit: Duration, _ trouble: String, until isOver: () async throws -> Bool) async throws {
        let clock = ContinuousClock()
        let deadline = clock.now + limit
        while try await !isOver() {
            guard clock.now < deadline else { throw RehearsalError("\(trouble) within \(limit)") }
            try await clock.sleep(for: .milliseconds(100))
        }
    }

    private static let progress = Statement(
        "rehearsal_contacts_read", "SELECT rows_read FROM hub.directory_load WHERE entry_table = 'contact'")
    private static let isComplete = Statement(
        "rehearsal_directory_complete", "SELECT coalesce(bool_and(is_complete), false) FROM hub.directory_state")
    private static let taken = Statement(
        "rehearsal_contacts_loaded",
        """
        SELECT extract(epoch FROM completed_at - started_at)::double precision, pages_read
        FROM hub.directory_load WHERE entry_table = 'contact'
        """)
    private static let read = Statement(
        "rehearsal_contacts_standing", "SELECT rows_read, pages_read FROM hub.directory_load WHERE entry_table = 'contact'")
    private static let jobs = Statement(
        "rehearsal_directory_jobs",
        """
        SELECT count(*), max(d.run_ms) FROM hub.job_done d JOIN hub.job_kind k USING (kind_id)
        WHERE k.name = 'directory.sync' AND d.payload ->> 'table' = 'contact' AND d.claimed_at > $1
        """)
}
