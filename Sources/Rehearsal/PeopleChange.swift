import Foundation
import Postgres

/// Somebody in Dynamics gets the e-mail address of an Enreach user: how long it takes until the hub has found that out and told Dynamics.
struct PeopleChange: Sendable {
    let hub: RehearsedHub

    private struct EnreachUser: Decodable {
        let id: UUID
        let email: String
    }

    private struct User: Encodable {
        var systemuserid: String?
        var firstname: String?
        var lastname: String?
        var internalemailaddress: String?
        var mobilephone: String?
    }

    /// The door shows every table's key as `id`.
    private struct Users: Decodable {
        struct Row: Decodable {
            let id: UUID
            let enr_userid: String?
        }

        let rows: [Row]
    }

    /// Makes a user of Dynamics whom nobody knows in Enreach, gives it the address of an Enreach user whom nobody is yet, and measures.
    ///
    /// - Returns: from the change to the Enreach user's id beside it in Dynamics; nil: every Enreach user is somebody already.
    func measure(within limit: Duration = .seconds(30)) async throws -> Duration? {
        let users: [EnreachUser] = try await hub.door.get("/admin/enreach/users")
        let taken = Set(try await hub.database.query(Self.matched).map { try $0[0].decode(UUID.self) })
        guard let free = users.first(where: { !taken.contains($0.id) }) else { return nil }
        let id = UUID()
        let place = "/admin/dataverse/systemusers"
        try await hub.door.post(
            place,
            User(
                systemuserid: id.uuidString.lowercased(), firstname: "New", lastname: "Colleague",
                internalemailaddress: "new.colleague@crm.example"))
        // A row that was put there tells nobody; a change of a column that the hub listens to does.
        try await hub.door.patch("\(place)/\(id.uuidString.lowercased())", User(mobilephone: "+31 6 5550 1234"))
        try await wait(within: limit) { try await hub.database.query(Self.isUnmatched, [id])[0].decode(Bool.self) }
        let started = ContinuousClock.now
        try await hub.door.patch("\(place)/\(id.uuidString.lowercased())", User(internalemailaddress: free.email))
        try await wait(within: limit) {
            let standing: Users = try await hub.door.get("\(place)?top=10000")
            return standing.rows.contains { $0.id == id && $0.enr_userid.flatMap(UUID.init(uuidString:)) == free.id }
        }
        return started.duration(to: .now)
    }

    private func wait(within limit: Duration, until isSo: () async throws -> Bool) async throws {
        let clock = ContinuousClock()
        let deadline = clock.now + limit
        while try await !isSo() {
            guard clock.now < deadline else {
                throw RehearsalError("a changed user of Dynamics was not looked at within \(limit)")
            }
            try await clock.sleep(for: .milliseconds(50))
        }
    }

    private static let matched = Statement(
        "rehearsal_people_taken", "SELECT enreach_user_id FROM hub.person WHERE enreach_user_id IS NOT NULL")
    private static let isUnmatched = Statement(
        "rehearsal_person_unmatched",
        "SELECT EXISTS (SELECT FROM hub.person WHERE system_user_id = $1 AND match_state = 'unmatched')")
}
