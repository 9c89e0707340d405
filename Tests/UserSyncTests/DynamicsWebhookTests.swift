import FoundationEssentials
import HTTPTypes
import Jobs
import Model
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
            #expect(await answer(hub) == 202)
            try await eventually(within: .seconds(5), "the id stands in Dynamics") {
                hub.standing(PeopleHub.annInDynamics) == PeopleHub.ann.lowercase
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

    @Test(arguments: [
        (#"{"MessageName":"Update","PrimaryEntityName":"task"}"#, 202), ("", 400), ("[]", 400), (#"{"MessageName":5}"#, 400),
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
