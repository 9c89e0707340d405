import Foundation
import Postgres
import TestSupport
import Testing

@testable import Operations
@testable import TrunklineCommand

@Suite(.database) struct CallbacksCommandTests {
    private struct Profile: Decodable {
        var profile: String
        var method: String
        var age: String?
        var problem: String?
        var version: Int
    }

    private struct Version: Decodable {
        var version: Int
        var profile: [String: Value]

        enum Value: Decodable, Equatable {
            case text(String), other

            init(from decoder: any Decoder) throws {
                self = (try? decoder.singleValueContainer().decode(String.self)).map(Value.text) ?? .other
            }
        }
    }

    @Test func `profiles are checked, changed and kept with their history`() async throws {
        let url = try await OperatorLogin.url()
        let (list, queue) = (UUID().uuidString, UUID().uuidString)
        #expect(try await CommandRun.of("tenants", "add", "acme", database: url).status == 0)

        let noQueue = try await CommandRun.of("callbacks", "profiles", "add", "Support", "--list", list, database: url)
        #expect(noQueue.status == 64)
        #expect(noQueue.errors == "trunkline: It names no queue: choose one.")
        let wrong = try await CommandRun.of(
            "callbacks", "profiles", "add", "Support", "--list", list, "--queue", queue, "--method", "often", database: url)
        #expect(wrong.errors == "trunkline: --method: say one of polling, webhook, webhook_with_polling")

        let added = try await CommandRun.of(
            "callbacks", "profiles", "add", "Support", "--list", list, "--queue", queue, "--duplicates",
            "Ignore additional calls",
            database: url)
        #expect(added.output == "Support of acme is made; callback-sync goes by it within seconds")
        let twice = try await CommandRun.of(
            "callbacks", "profiles", "add", "Other", "--list", list, "--queue", queue, database: url)
        #expect(twice.status == 64)
        #expect(twice.errors.contains("holds the same callback list"))

        let set = try await CommandRun.of("callbacks", "profiles", "set", "support", "--method", "webhook", database: url)
        #expect(set.output == "Support of acme is changed (version 2)")
        #expect(
            try await CommandRun.of("callbacks", "profiles", "set", "support", "--method", "webhook", database: url).output
                == "Support of acme is so already")

        let profiles = try await CommandRun.of("callbacks", "profiles", "--format", "json", database: url).json([Profile].self)
        #expect(profiles.map(\.profile) == ["Support"] && profiles[0].method == "webhook" && profiles[0].age == nil)
        let history = try await CommandRun.of("callbacks", "profiles", "history", "Support", "--format", "json", database: url)
            .json([Version].self)
        #expect(history.map(\.version) == [2, 1])
        #expect(history[1].profile["method"] == .text("polling") && history[1].profile["duplicate_rule"] == .text("ignore"))

        #expect(try await CommandRun.of("callbacks", "profiles", "remove", "Support", database: url).status == 0)
        #expect(try await CommandRun.of("callbacks", "profiles", "--format", "json", database: url).output == "[]")
    }

}

@Suite(.database) struct CallbackStoryTests {
    @Test func `why tells a callback request by its id and by its number`() async throws {
        let url = try await OperatorLogin.url()
        #expect(try await CommandRun.of("tenants", "add", "acme", database: url).status == 0)
        let (id, other) = (UUID(), UUID())
        let database = try TestDatabase.current.connect(maximumConnections: 1)
        try await database.execute(
            Statement(
                "",
                """
                INSERT INTO hub.callback (
                    tenant_id, callback_id, callback_day, state, reason, list_id, list_name, number, requested_at, enreach_state,
                    content_hash, activity_id, ignored_for)
                SELECT tenant_id, $1, current_date, 'ignored', 'same_number', gen_random_uuid(), 'Support', '+358501234567', now(),
                    'closed', 1, gen_random_uuid(), $2
                FROM hub.tenant WHERE name = 'acme'
                """), [id, other])
        await database.close()
        for arguments in [["why", id.uuidString], ["why", "+358 50 123 4567", "--callbacks"]] {
            let told = try await CommandRun.of(arguments, database: url)
            #expect(told.status == 0)
            #expect(told.output.contains("Callback request \(id.uuidString.lowercased()) of tenant acme: ignored"))
            #expect(told.output.contains("the phone call of request \(other.uuidString.lowercased()) stands for it"))
        }
        let list = try await CommandRun.of("callbacks", "list", database: url)
        #expect(list.output.contains("same_number"))
    }
}
