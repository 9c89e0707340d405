import Postgres
import TestSupport
import Testing

@testable import Operations
@testable import TrunklineCommand

@Suite(.database) struct SettingsCommandTests {
    private struct Setting: Decodable {
        var setting: String
        var value: String
        var version: Int?
    }

    private struct Change: Decodable {
        var version: Int
        var setting: String
        var value: String?
        var note: String?
    }

    @Test func `a change is checked, kept with who and why, and audited`() async throws {
        let url = try await OperatorLogin.url()
        #expect(try await CommandRun.of("tenants", "add", "acme", "--region", "NL", database: url).status == 0)

        let set = try await CommandRun.of(
            "settings", "set", "calldurationlimit", "10", "--note", "short calls are noise", database: url)
        #expect(set.status == 0)
        #expect(set.output == "CallDurationLimit of acme: 5 → 10 (version 1)")

        let wrong = try await CommandRun.of("settings", "set", "CallDurationLimit", "soon", database: url)
        #expect(wrong.status == 64)
        #expect(wrong.errors == "trunkline: setting CallDurationLimit: say a whole number from 0 to 86400")
        let unknown = try await CommandRun.of("settings", "set", "Colour", "blue", database: url)
        #expect(unknown.status == 64)

        let same = try await CommandRun.of("settings", "set", "CallDurationLimit", "10", database: url)
        #expect(same.output == "CallDurationLimit of acme is 10 already")
        #expect(try await CommandRun.of("settings", "get", "CallDurationLimit", database: url).output == "10")
        #expect(try await CommandRun.of("settings", "get", "CallDurationLimit", "--at", "0", database: url).output == "5")

        _ = try await CommandRun.of("settings", "set", "CallDurationLimit", "--default", database: url)
        #expect(try await CommandRun.of("settings", "get", "CallDurationLimit", database: url).output == "5")

        let history = try await CommandRun.of("settings", "history", "--format", "json", database: url).json([Change].self)
        #expect(history.map(\.version) == [2, 1])
        #expect(history.map(\.value) == [nil, "10"])
        #expect(history[1].note == "short calls are noise")

        let list = try await CommandRun.of("settings", "list", "--format", "json", database: url).json([Setting].self)
        #expect(list.contains { $0.setting == "CallStartMargin" && $0.version == nil })

        let database = try TestDatabase.current.connect(maximumConnections: 1)
        let actions = try await database.query(
            Statement("", "SELECT action, target FROM hub.operator_action WHERE who <> '' ORDER BY action_id")
        ).map { try $0.decode(String.self, String.self) }
        await database.close()
        #expect(actions.map(\.0) == ["tenant.add", "setting.change", "setting.change"])
        #expect(actions.map(\.1) == ["acme", "CallDurationLimit", "CallDurationLimit"])
    }
}
