import DynamicsSolution
import FoundationEssentials
import HTTPTypes
import Jobs
import Model
import Sandbox
import Tenants
import TestSupport
import Testing

@testable import UserSync

@Suite(.database) struct DynamicsWebhookTests {
    private static let update = #"{"MessageName":"Update","PrimaryEntityName":"systemuser","PrimaryEntityId":"x"}"#

    private func answer(_ hub: PeopleHub, shown: String = "dynamics-secret", tenant: String = "demo", body: String = update)
        async -> Int
    {
        let route = DynamicsWebhookRoute(ground: hub.ground, parts: UserSyncParts.all)
        return await route.answer(shown: shown, tenant: tenant) {
            DynamicsHint(body: Array(body.utf8), table: nil, message: nil)
        }.code
    }

    @Test func `a changed user is matched within seconds`() async throws {
        try await PeopleHub.with { hub in
            try await hub.match()
            #expect(hub.standing(PeopleHub.annInDynamics) == PeopleHub.ann.lowercase)
            // Ann's and Bob's addresses change places.
            var ids = (ann: PeopleHub.ann, bob: PeopleHub.bob)
            var addresses = (ann: "ann@demo.example", bob: "bob@demo.example")
            try await inTime(.seconds(5), "the ids follow") { _ in
                let start = ContinuousClock.now
                ids = (ids.bob, ids.ann)
                addresses = (addresses.bob, addresses.ann)
                try hub.edit(PeopleHub.annInDynamics, ["internalemailaddress": .string(addresses.ann)])
                try hub.edit(PeopleHub.bobInDynamics, ["internalemailaddress": .string(addresses.bob)])
                #expect(await answer(hub) == 202)
                try await eventually("the ids follow") {
                    hub.standing(PeopleHub.annInDynamics) == ids.ann.lowercase
                        && hub.standing(PeopleHub.bobInDynamics) == ids.bob.lowercase
                }
                return start
            }
        }
    }

    @Test func `who does not know the key learns nothing and moves nothing`() async throws {
        try await PeopleHub.with { hub in
            #expect(await answer(hub, shown: "") == 401)
            #expect(await answer(hub, shown: "dynamics-secreT") == 401)
            #expect(await answer(hub, tenant: "other") == 401)
            let jobs = try await hub.count("SELECT count(*) FROM hub.jobs")
            #expect(jobs == 0)
        }
    }

    @Test func `when too much is under way others are told to come again`() async throws {
        try await PeopleHub.with { hub in
            let route = DynamicsWebhookRoute(ground: hub.ground, parts: UserSyncParts.all, gate: WebhookGate(most: 0))
            let status = await route.answer(shown: "dynamics-secret", tenant: "demo") {
                DynamicsHint(body: Array(Self.update.utf8), table: nil, message: nil)
            }
            #expect(status == .tooManyRequests)
            #expect(await route.answer(shown: "wrong", tenant: "demo") { nil } == .unauthorized)
        }
    }

    @Test func `a flood is one job that waits, and one that runs`() async throws {
        try await PeopleHub.with { hub in
            for _ in 0..<50 { #expect(await answer(hub) == 202) }
            try await eventually("all is done") {
                try await hub.count("SELECT count(*) FROM hub.jobs WHERE state IN ('ready', 'running', 'waiting', 'retry')") == 0
            }
            let rounds = try await hub.count("SELECT count(*) FROM hub.jobs WHERE state = 'done'")
            #expect(rounds < 50)
            #expect(try await hub.count("SELECT count(*) FROM hub.person WHERE match_state = 'matched'") == 2)
        }
    }

    private static func association(_ name: String) -> String {
        #"{"MessageName":"Associate","PrimaryEntityName":"none","InputParameters":[{"key":"Target","value":5},{"key":"Relationship","value":{"SchemaName":"\#(name)"}}]}"#
    }

    @Test(arguments: [
        ("systemuserroles_association", "systemuserroles"), ("teammembership_association", "teammembership"),
        ("enr_any", "enr_any"),
    ])
    func `an association is known by its relation`(name: String, table: String) {
        let hint = DynamicsHint(body: Array(Self.association(name).utf8), table: "none", message: "Associate")
        #expect(hint?.table == table && hint?.message == "Associate")
    }

    @Test func `a role that is given in Dynamics has people matched, by the webhook that the installation registers`()
        async throws
    {
        try await PeopleHub.with { hub in
            let server = try await hub.serveWebhooks()
            let definition = SolutionDefinition(
                Settings(), webhook: .init(address: server.address + "/webhooks/dynamics/demo", secret: "dynamics-secret"))
            let report = try await SolutionReport.read(definition, from: hub.connection.dynamics)
            let events = try await SolutionInstaller(dynamics: hub.connection.dynamics, solution: definition.names.name) { _ in }
                .install(report.findings, in: report.state)
            #expect(events.filter(\.isFailure).isEmpty)
            let role = try hub.sandbox.dataverse.seed("roles", [["name": "Voice User"]])[0]
            let rounds = "SELECT count(*) FROM hub.job_done JOIN hub.job_kind USING (kind_id) WHERE name = 'people.match'"
            #expect(try await hub.count(rounds) == 0)
            try hub.sandbox.dataverse.setRole(role, of: PeopleHub.annInDynamics.lowercase)
            try await eventually("the id stands in Dynamics") {
                hub.standing(PeopleHub.annInDynamics) == PeopleHub.ann.lowercase
            }
            // What the hub writes itself, it does not hear of.
            try await eventually("nothing is left to do") {
                try await hub.count("SELECT count(*) FROM hub.jobs WHERE state IN ('ready', 'running', 'waiting', 'retry')") == 0
            }
            #expect(try await hub.count(rounds) == 1)
            try hub.edit(PeopleHub.annInDynamics, ["internalemailaddress": "nobody@demo.example"])
            try await eventually("the id is taken back") { hub.standing(PeopleHub.annInDynamics) == nil }
            try await server.stop()
        }
    }

    @Test(arguments: [
        (#"{"MessageName":"Update","PrimaryEntityName":"task"}"#, 202), (association("enr_other"), 202), ("", 400), ("[]", 400),
        (#"{"MessageName":5}"#, 400),
    ])
    func `what concerns nobody or can't be read does nothing`(body: String, status: Int) async throws {
        try await PeopleHub.with { hub in
            let all = "SELECT count(*) FROM hub.jobs"
            let before = try await hub.count(all)
            #expect(await answer(hub, body: body) == status)
            #expect(try await hub.count(all) == before)
        }
    }

    @Test(arguments: [("abc", "abc", true), ("abd", "abc", false), ("ab", "abc", false), ("abcd", "abc", false), ("", "", false)])
    func `secrets are the same or not`(shown: String, secret: String, same: Bool) {
        #expect(WebhookEvent.isSame(shown, secret) == same)
    }
}
