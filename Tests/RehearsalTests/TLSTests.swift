import Foundation
import TestSupport
import Testing

@testable import Rehearsal

/// The real programs over TLS, with an authority that only `ca_file` makes them trust.
@Suite(.serialized) struct TLSTests {
    private struct Scenario: Encodable {
        let name = "busy-morning"
        let calls = 60
        let mode = "past"
    }

    private func raise() async throws -> RehearsedHub {
        var options = RehearsedHub.Options()
        options.programs = try BuiltProgram.folder()
        options.servesTLS = true
        options.sandboxArguments = ["--visible-after", "0"]
        let hub = try await RehearsedHub.raise(options)
        for (setting, value) in [("PollInterval", "1"), ("PeopleInterval", "10")] {
            try await HubDatabase.change(setting, to: value, in: hub.database, tenant: RehearsedHub.tenant)
        }
        return hub
    }

    @Test(.timeLimit(.minutes(20)))
    func `a morning is synced over TLS, and an authority that is not the vendor's is told of in one line`() async throws {
        let hub = try await raise()
        do {
            for address in [hub.addresses.enreachDiscovery, hub.addresses.dataverse, hub.addresses.authority] {
                #expect(address.hasPrefix("https://"))
            }
            try await syncs(hub)
            for side in ["enreach", "dynamics"] { try await tellsOfAnotherAuthority(side, hub) }
        } catch {
            await hub.takeDown()
            throw error
        }
        await hub.takeDown()
    }

    private func syncs(_ hub: RehearsedHub) async throws {
        let answer = try await hub.door.post("/admin/scenario", Scenario())
        let summary = try JSONDecoder().decode(MorningScenario.Summary.self, from: answer)
        try await HubDatabase.change(
            "DefaultCrmAssignee", to: summary.defaultCrmAssignee, in: hub.database, tenant: RehearsedHub.tenant)
        let instance = try hub.startInstance()
        try await instance.ready(within: .seconds(120))
        try await eventually(within: .seconds(300), "all is as it should be") {
            try await MorningOutcome.gather(from: hub, happened: summary.all).callsAreBalanced
        }
        let verdict = try await MorningOutcome.gather(from: hub, happened: summary.all).verdict
        #expect(verdict.expected > 20 && verdict.present == verdict.expected)
        await instance.stop()
    }

    private func tellsOfAnotherAuthority(_ side: String, _ hub: RehearsedHub) async throws {
        let file = hub.folder.appending(path: "call-sync.yaml")
        let right = try String(contentsOf: file, encoding: .utf8)
        let other = hub.folder.appending(path: "other.pem")
        try Data(Self.otherAuthority.utf8).write(to: other)
        let authority = try #require(hub.addresses.ca)
        let parts = right.split(separator: "    dynamics:\n", maxSplits: 1).map(String.init)
        try #require(parts.count == 2)
        let wrong = parts.enumerated().map { index, part in
            (index == 0) == (side == "enreach") ? part.replacing(authority, with: other.path()) : part
        }
        try Data(wrong.joined(separator: "    dynamics:\n").utf8).write(to: file)
        let instance = try hub.startInstance()
        try await instance.ready(within: .seconds(120))
        var line = ""
        try await eventually("ready tells it") {
            line = try await Self.check("tenant \(RehearsedHub.tenant): \(side)", of: instance) ?? ""
            return line.contains("ca_file")
        }
        #expect(line.contains("certificate") && line.contains("not trusted"), "\(line)")
        #expect(!line.contains("\n"))
        #expect(instance.isRunning)
        #expect(try await instance.page("/health/ready").status == 200)
        await instance.stop()
        try Data(right.utf8).write(to: file)
    }

    /// The text of a check that is not ready.
    private static func check(_ name: String, of instance: Instance) async throws -> String? {
        struct Page: Decodable {
            struct Check: Decodable {
                let name: String
                let state: String
                let text: String
            }
            let checks: [Check]
        }
        let page = try JSONDecoder().decode(Page.self, from: Data(try await instance.page("/health/ready").text.utf8))
        return page.checks.first { $0.name == name && $0.state == "degraded" }?.text
    }

    /// Under the name of the sandbox's authority, with another key.
    private static let otherAuthority = """
        -----BEGIN CERTIFICATE-----
        MIIBtDCCAVugAwIBAgIUL1m3YVHHcEQVxGQciBW5D0+w7JswCgYIKoZIzj0EAwIw
        JzElMCMGA1UEAwwcU2FuZGJveCB0aHJvdy1hd2F5IGF1dGhvcml0eTAgFw0yNjEx
        MjIxNDQ5MTZaGA8yMTI2MTAyOTE0NDkxNlowJzElMCMGA1UEAwwcU2FuZGJveCB0
        aHJvdy1hd2F5IGF1dGhvcml0eTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABMjM
        GQlhAVPlHxbQLIw06bb4O+cuagsjg+W0EHo41lp3xyzWQDij8b4XVgQqAVfRcr4e
        OK8PQXKRjZa8AQblLLKjYzBhMB0GA1UdDgQWBBRNNLiGGmUF8Qvzq4LX1wBpmUVy
        HzAfBgNVHSMEGDAWgBRNNLiGGmUF8Qvzq4LX1wBpmUVyHzAPBgNVHRMBAf8EBTAD
        AQH/MA4GA1UdDwEB/wQEAwIBBjAKBggqhkjOPQQDAgNHADBEAiBhUd8CjdYWMMED
        3vHpVB9exu/OrS8ALmhQG7Kgwrk7nAIgDze2fSg+fedi2thjL+Z+kXwJeObmFCy8
        73sHiNv1/40=
        -----END CERTIFICATE-----
        """
}
