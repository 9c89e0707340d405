import Foundation
import Postgres
import TestSupport
import Testing

@Suite(.databaseEach) struct UsersCommandTests {
    private static let ann = UUID(uuidString: "10000000-0000-4000-8000-00000000000a")!
    private static let desk = UUID(uuidString: "10000000-0000-4000-8000-00000000000b")!
    private static let annInEnreach = UUID(uuidString: "00000000-0000-4000-8000-00000000000a")!
    private static let deskInEnreach = UUID(uuidString: "00000000-0000-4000-8000-00000000000b")!

    private struct User: Decodable {
        var state: String
        var user: String
        var email: String?
        var enreach_user: String?
        var mobile: String?
        var reason: String
    }

    private struct Stranger: Decodable {
        var state: String
        var enreach_user: String
        var reason: String
    }

    /// A tenant with Ann, who is matched and has no mobile number, and a desk whom nobody could tell. Answers the operator's address.
    private func people() async throws -> String {
        let url = try await OperatorLogin.url()
        #expect(try await CommandRun.of("tenants", "add", "acme", database: url).status == 0)
        let database = try TestDatabase.current.connect(maximumConnections: 1)
        try await database.execute(
            Statement(
                "",
                """
                INSERT INTO hub.enreach_user (tenant_id, enreach_user_id, full_name, email, match_state, match_reason, system_user_id)
                SELECT t.tenant_id, u.* FROM hub.tenant t, (VALUES
                    ($1::uuid, 'Ann Virtanen', 'ann@acme.example', 'matched', 'email', $3::uuid),
                    ($2::uuid, 'Desk', 'desk@acme.example', 'unmatched', 'no_dynamics_user', NULL)) AS u
                """), [Self.annInEnreach, Self.deskInEnreach, Self.ann])
        try await database.execute(
            Statement(
                "",
                """
                INSERT INTO hub.person (tenant_id, system_user_id, enreach_user_id, full_name, email, match_state, match_reason)
                SELECT t.tenant_id, p.* FROM hub.tenant t, (VALUES
                    ($1::uuid, $3::uuid, 'Ann Virtanen', 'ann@acme.example', 'matched', 'email'),
                    ($2::uuid, NULL, 'Reception', 'reception@acme.example', 'unmatched', 'no_enreach_user')) AS p
                """), [Self.ann, Self.desk, Self.annInEnreach])
        await database.close()
        return url
    }

    private func count(_ sql: String) async throws -> Int {
        let database = try TestDatabase.current.connect(maximumConnections: 1)
        let number = try await database.query(Statement("", sql))[0][0].decode(Int.self)
        await database.close()
        return number
    }

    @Test func `users are listed with the reason, those without a match first`() async throws {
        let url = try await people()
        let all = try await CommandRun.of("users", "--format", "json", database: url)
        #expect(all.status == 0)
        let users = try all.json([User].self)
        #expect(users.map(\.user) == ["Reception", "Ann Virtanen"])
        #expect(users.map(\.state) == ["unmatched", "matched"])
        #expect(users[1].enreach_user == "Ann Virtanen" && users[1].reason.hasSuffix("no mobile number in Dynamics"))
        let table = try await CommandRun.of("users", "list", database: url)
        #expect(table.output.split(separator: "\n").first?.hasPrefix("STATE") == true)
        #expect(table.output.contains("reception@acme.example"))
    }

    @Test(arguments: [
        ("matched", ["Ann Virtanen"]), ("unmatched", ["Reception"]), ("ambiguous", []), ("no-mobile", ["Ann Virtanen"]),
    ])
    func `one may ask for some of them`(filter: String, names: [String]) async throws {
        let url = try await people()
        let run = try await CommandRun.of("users", "--only", filter, "--format", "json", database: url)
        #expect(run.status == 0)
        #expect(try run.json([User].self).map(\.user) == names)
    }

    @Test func `Enreach users whom nobody is are listed on their own`() async throws {
        let url = try await people()
        let run = try await CommandRun.of("users", "--only", "enreach", "--format", "json", database: url)
        #expect(try run.json([Stranger].self).map(\.enreach_user) == ["Desk"])
        #expect(try await CommandRun.of("users", "--only", "nobody", database: url).status == 64)
    }

    @Test func `a choice is kept, carried out and noted, and can be taken back`() async throws {
        let url = try await people()
        let set = try await CommandRun.of(
            "users", "set", "Reception@acme.example", "desk@acme.example", "--note", "the same desk", database: url)
        #expect(set.status == 0)
        #expect(set.output == "Reception is Desk in Enreach; Dynamics hears of it within seconds")
        #expect(
            try await count(
                "SELECT count(*) FROM hub.person_choice WHERE enreach_user_id = '\(Self.deskInEnreach)' AND note = 'the same desk'"
            ) == 1)
        #expect(try await count("SELECT count(*) FROM hub.jobs WHERE kind = 'people.match' AND queue = 'user-sync'") == 1)
        #expect(try await count("SELECT count(*) FROM hub.operator_action WHERE action = 'users.set'") == 1)

        let taken = try await CommandRun.of("users", "set", Self.ann.uuidString, "desk@acme.example", database: url)
        #expect(taken.status == 1)
        #expect(taken.errors.contains("clear that first"))
        let nobody = try await CommandRun.of("users", "set", "ann@acme.example", "nobody", database: url)
        #expect(nobody.output == "Ann Virtanen is nobody in Enreach")

        let cleared = try await CommandRun.of("users", "clear", Self.desk.uuidString, database: url)
        #expect(cleared.output == "the e-mail addresses decide for Reception again")
        let again = try await CommandRun.of("users", "clear", Self.desk.uuidString, database: url)
        #expect(again.status == 1 && again.errors == "trunkline: nothing was set for Reception")
        #expect(try await count("SELECT count(*) FROM hub.person_choice") == 1)
    }

    @Test(arguments: [["nobody@acme.example", "desk@acme.example"], ["ann@acme.example", "who@acme.example"]])
    func `who is not there can't be chosen`(users: [String]) async throws {
        let url = try await people()
        let run = try await CommandRun.of(["users", "set"] + users, database: url)
        #expect(run.status == 1)
        #expect(run.output.isEmpty && run.errors.contains("has no user"))
        #expect(try await count("SELECT count(*) FROM hub.person_choice") == 0)
    }

    @Test func `a round of matching can be asked for`() async throws {
        let url = try await people()
        let run = try await CommandRun.of("users", "sync", database: url)
        #expect(run.status == 0)
        #expect(run.output.hasSuffix("matches the users of acme: see `trunkline users list` in a moment"))
        #expect(try await count("SELECT count(*) FROM hub.jobs WHERE kind = 'people.match'") == 1)
    }
}
