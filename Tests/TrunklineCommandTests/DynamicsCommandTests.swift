import Foundation
import Postgres
import Sandbox
import Tenants
import TestSupport
import Testing

/// `trunkline dynamics` against a simulated environment: what scripts rely on.
@Suite(.databaseEach, .timeLimit(.minutes(5))) struct DynamicsCommandTests {
    /// A tenant of the hub, a bare environment, and the programs' configuration that joins the two.
    private struct Ground {
        let sandbox: SandboxServer
        let url: String
        let config: String
        let folder: URL

        func run(_ arguments: String...) async throws -> CommandRun {
            try await CommandRun.of(["dynamics"] + arguments + ["--config", config], database: url)
        }
    }

    private func withEnvironment(token: Bool = true, _ body: (Ground) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "dynamics-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await SandboxTenant.run {
            $0.dataverse.customColumns = []
        } _: { sandbox in
            let tenant = SandboxTenant(sandbox: sandbox, token: token)
            let url = try await OperatorLogin.url()
            #expect(try await CommandRun.of("tenants", "add", "acme", database: url).status == 0)
            for (name, text) in tenant.files { try Data(text.utf8).write(to: folder.appending(path: name)) }
            try Data("odata-key\n".utf8).write(to: folder.appending(path: "odata"))
            let config = folder.appending(path: "trunkline.yaml")
            try Data(tenant.yaml.utf8).write(to: config)
            try await body(Ground(sandbox: sandbox, url: url, config: config.path(), folder: folder))
        }
    }

    private struct Report: Decodable {
        struct Part: Decodable {
            var state: String
            var kind: String
            var name: String
            var remedy: String?
        }
        struct Done: Decodable {
            var kind: String
            var ok: Bool
        }
        var ok: Bool
        var parts: [Part]
        var done: [Done]
        var probes: [String: String]

        func states(_ kind: String) -> Set<String> { Set(parts.filter { $0.kind == kind }.map(\.state)) }
    }

    private struct Planned: Decodable {
        var would_make: String
        var name: String
    }

    private func count(_ sql: String) async throws -> Int {
        let database = try TestDatabase.current.connect(maximumConnections: 1)
        let number = try await database.query(Statement("", sql))[0][0].decode(Int.self)
        await database.close()
        return number
    }

    @Test func `check says what is missing and what to do, as a table and as JSON, and ends with 1`() async throws {
        try await withEnvironment { ground in
            let table = try await ground.run("check")
            #expect(table.status == 1)
            let lines = table.output.split(separator: "\n")
            #expect(lines.first?.split(separator: " ").map(String.init) == ["STATE", "KIND", "NAME", "FOUND", "REMEDY"])
            #expect(lines.contains { $0.hasPrefix("missing") && $0.contains("phonecall.enr_callid") })
            #expect(table.output.contains("run `trunkline dynamics install`"))
            #expect(table.errors.hasSuffix("parts are not as they should be"))
            let json = try await ground.run("--format", "json")
            #expect(json.status == 1)
            let report = try json.json(Report.self)
            #expect(!report.ok && report.done.isEmpty)
            #expect(report.states("table") == ["missing"] && report.states("change_tracking").contains("present"))
            #expect(report.states("webhook") == ["unavailable"])
            #expect(report.probes["set.phonecall"] == "phonecalls")
            // What was found out is kept for the programs.
            #expect(try await count("SELECT count(*) FROM hub.dynamics_probe WHERE question = 'set.phonecall'") == 1)
        }
    }

    @Test func `a plan changes nothing, an installation makes it all, and a second one finds nothing to do`() async throws {
        try await withEnvironment { ground in
            let plan = try await ground.run("install", "--plan", "--format", "json")
            #expect(plan.status == 0)
            let planned = try plan.json([Planned].self)
            #expect(planned.contains { $0.name == "enr_callbackprofile" } && planned.first?.would_make == "publisher")
            #expect(ground.sandbox.dataverse.rows("publishers").count == 1)

            let made = try await ground.run("install", "--format", "json")
            #expect(made.status == 0, "\(made.errors)")
            let report = try made.json(Report.self)
            #expect(report.ok && report.done.count == planned.count && report.done.allSatisfy(\.ok))
            #expect(try await count("SELECT count(*) FROM hub.operator_action WHERE action = 'dynamics.install'") == 1)
            #expect(try await count("SELECT count(*) FROM hub.dynamics_probe WHERE question = 'set.enr_callbackprofile'") == 1)

            let check = try await ground.run("check", "--format", "json")
            #expect(check.status == 0)
            #expect(try check.json(Report.self).ok)
            #expect(try await ground.run("install", "--plan").output == "everything is there already")
            let again = try await ground.run("install")
            #expect(again.status == 0 && again.output == "everything is there already")
            #expect(try await count("SELECT count(*) FROM hub.operator_action WHERE action = 'dynamics.install'") == 1)
        }
    }

    @Test func `with an address of the hub its webhook is registered, and with a key its virtual table`() async throws {
        try await withEnvironment { ground in
            let noKey = try await ground.run("install", "--hub-url", "https://hub.example")
            #expect(noKey.status == 64)
            #expect(noKey.errors == "trunkline: the virtual table needs a key: give its file with --odata-key-file")
            #expect(ground.sandbox.dataverse.rows("publishers").count == 1)
            #expect(try await ground.run("install", "--hub-url", "http://hub.example").status == 64)

            let key = ground.folder.appending(path: "odata").path()
            let run = try await ground.run(
                "install", "--hub-url", "https://hub.example/", "--odata-key-file", key, "--format", "json")
            #expect(run.status == 0, "\(run.errors)")
            let report = try run.json(Report.self)
            #expect(report.states("webhook") == ["unreadable"] && report.states("webhook_step") == ["present"])
            #expect(report.states("virtual_table") == ["present"])
            #expect(
                ground.sandbox.dataverse.rows("serviceendpoints").map { $0["url"].string }
                    == ["https://hub.example/webhooks/dynamics/acme"])
            #expect(!run.output.contains("hook-key") && !run.output.contains("odata-key"))

            // Both keys are rotated: one command brings them to Dynamics.
            for (file, text) in [("hook", "next-hook"), ("odata", "next-odata")] {
                try Data(text.utf8).write(to: ground.folder.appending(path: file))
            }
            let check = try await ground.run(
                "check", "--hub-url", "https://hub.example", "--odata-key-file", key, "--format", "json")
            #expect(check.status == 1)
            #expect(try check.json(Report.self).states("data_source") == ["missing"])
            let rotated = try await ground.run("install", "--hub-url", "https://hub.example", "--odata-key-file", key)
            #expect(rotated.status == 0, "\(rotated.errors)")
            #expect(!(rotated.output + check.output).contains("next-"))
            #expect(!rotated.output.contains(CallbackListKey.key(of: "acme", secret: "next-odata")))
            let stands = ground.sandbox.dataverse
            #expect(
                stands.rows("msdyn_odatav4dses").map { $0["msdyn_parameter1value"].string }
                    == [CallbackListKey.key(of: "acme", secret: "next-odata")])
            #expect(stands.rows("serviceendpoints").allSatisfy { $0["authvalue"].string?.contains("next-hook") == true })
        }
    }

    @Test func `a customer's forms are changed only where one says so, and are as before afterwards`() async throws {
        func forms(_ run: CommandRun) throws -> [String: String] {
            let parts = try run.json(Report.self).parts.filter { $0.kind == "form" }
            return Dictionary(uniqueKeysWithValues: parts.map { ($0.name, $0.state) })
        }
        try await withEnvironment { ground in
            func section() -> Bool {
                ground.sandbox.dataverse.rows("systemforms").contains { row in
                    row["objecttypecode"].string == "phonecall" && row["formxml"].string?.contains("enr_trunkline") == true
                }
            }
            #expect(try await ground.run("install", "--forms", "some").status == 64)
            let own = try await ground.run("install", "--format", "json")
            #expect(own.status == 0, "\(own.errors)")
            #expect(
                try forms(own) == [
                    "enr_callbackprofile": "present", "enr_trunklinesetting": "present", "phonecall": "manual",
                    "systemuser": "manual",
                ])
            #expect(!section())
            let plan = try await ground.run("install", "--forms", "all", "--plan", "--format", "json").json([Planned].self)
            #expect(plan.map(\.would_make) == ["form", "form"] && plan.map(\.name) == ["phonecall", "systemuser"])
            let all = try await ground.run("install", "--forms", "all", "--format", "json")
            #expect(all.status == 0, "\(all.errors)")
            #expect(Set(try forms(all).values) == ["present"])
            #expect(section())
            #expect(try await ground.run("uninstall", "--plan").output.contains("phonecall"))
            #expect(try await ground.run("uninstall", "--yes").status == 0)
            #expect(!section())
        }
    }

    @Test func `the address may be a setting of the tenant`() async throws {
        try await withEnvironment { ground in
            let set = try await CommandRun.of("settings", "set", "HubAddress", "https://hub.example", database: ground.url)
            #expect(set.status == 0)
            #expect(
                try await CommandRun.of("settings", "set", "HubAddress", "http://hub.example", database: ground.url).status == 64)
            let plan = try await ground.run("install", "--plan", "--format", "json").json([Planned].self)
            #expect(plan.contains { $0.would_make == "webhook" } && !plan.contains { $0.would_make == "virtual_table" })
        }
    }

    @Test func `without a key for webhooks there is none, and it says what to do`() async throws {
        try await withEnvironment(token: false) { ground in
            let run = try await ground.run("check", "--webhook-url", "https://hub.example", "--format", "json")
            let webhook = try #require(try run.json(Report.self).parts.first { $0.kind == "webhook" })
            #expect(webhook.state == "unavailable" && webhook.remedy?.contains("dynamics.webhook_token") == true)
        }
    }

    @Test func `it is taken out only when one says so`() async throws {
        try await withEnvironment { ground in
            #expect(try await ground.run("install", "--webhook-url", "https://hub.example").status == 0)
            #expect(try await ground.run("uninstall").status == 64)
            #expect(try await ground.run("uninstall", "--plan", "--yes").status == 64)
            let plan = try await ground.run("uninstall", "--plan")
            #expect(plan.status == 0 && plan.output.contains("enr_callbackprofile") && plan.output.contains("webhook_step"))
            #expect(ground.sandbox.dataverse.rows("publishers").count == 2)
            let removed = try await ground.run("uninstall", "--yes", "--format", "json")
            #expect(removed.status == 0, "\(removed.errors)")
            #expect(try removed.json([Report.Done].self).allSatisfy(\.ok))
            #expect(ground.sandbox.dataverse.rows("publishers").count == 1)
            #expect(try await ground.run("uninstall", "--plan").output == "nothing of the hub's is there")
            #expect(try await ground.run("check").status == 1)
            #expect(try await count("SELECT count(*) FROM hub.operator_action WHERE action = 'dynamics.uninstall'") == 1)
            #expect(try await count("SELECT count(*) FROM hub.dynamics_probe WHERE question = 'set.enr_callbackprofile'") == 0)
        }
    }

    @Test func `what Dynamics refuses is told with the remedy, and ends with 1`() async throws {
        try await withEnvironment { ground in
            ground.sandbox.dataverse.setRoles(missingPrivileges: ["prvCreatePublisher"])
            let run = try await ground.run("install")
            #expect(run.status == 1)
            #expect(run.output.contains("give the application user the role System Customizer"))
            #expect(run.errors == "trunkline: not everything could be made")
        }
    }

    @Test func `without a configuration, or without the tenant in it, it ends with 78`() async throws {
        try await withEnvironment { ground in
            let nothing = try await CommandRun.of("dynamics", "check", database: ground.url)
            #expect(nothing.status == 78 && nothing.errors.contains("--config"))
            #expect(try await CommandRun.of("tenants", "add", "other", database: ground.url).status == 0)
            let other = try await ground.run("check", "--tenant", "other")
            #expect(other.status == 78 && other.errors.contains("no entry for tenant other"))
        }
    }

    @Test func `an environment that can't be reached ends with 1 and one line`() async throws {
        try await withEnvironment { ground in
            ground.sandbox.faults.replace(with: [Fault(.status503, on: .signIn), Fault(.status503, on: .dataverse)])
            let run = try await ground.run("check")
            #expect(run.status == 1 && run.output.isEmpty)
            #expect(run.errors.split(separator: "\n").count == 1)
        }
    }
}
