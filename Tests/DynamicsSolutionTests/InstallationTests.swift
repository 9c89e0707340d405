import Dynamics
import Foundation
import Model
import Sandbox
import TestSupport
import Testing

@testable import DynamicsSolution

@Suite struct InstallationTests {
    static let source = SolutionDefinition.Source(address: "https://hub.example/odata/demo", secret: "odata-key")
    static let webhook = SolutionDefinition.Webhook(address: "https://hub.example/webhooks/dynamics/demo", secret: "a<b&\"c\"")

    private func settings(_ change: (inout Settings) -> Void = { _ in }) -> Settings {
        var settings = Settings()
        change(&settings)
        return settings
    }

    /// Waits until no key is being built.
    private func settled(_ environment: EnvironmentUnderTest, _ definition: SolutionDefinition) async throws -> SolutionReport {
        var report = try await environment.report(definition)
        try await eventually("keys are active") {
            report = try await environment.report(definition)
            return !report.findings.contains { $0.state == .pending }
        }
        return report
    }

    @Test func `a bare environment gets everything, and a second run finds only the webhook's key to write again`() async throws {
        try await EnvironmentUnderTest.with { environment in
            let definition = SolutionDefinition(settings(), source: Self.source, webhook: Self.webhook)
            let events = try await environment.install(definition)
            #expect(events.filter(\.isFailure).isEmpty, "\(events.filter(\.isFailure).map(\.words))")
            #expect(environment.sandbox.dataverse.rows("sdkmessageprocessingsteps").count == 10)
            let report = try await settled(environment, definition)
            #expect(report.plan.map(\.part.kind) == ["webhook"], "\(report.plan.map { "\($0.part.name): \($0.found)" })")
            #expect(report.isWell, "\(report.findings.filter(\.isFailure).map { "\($0.part.name): \($0.found)" })")
            let again = try await environment.install(definition)
            #expect(again.map(\.result) == [.changed])
        }
    }

    @Test func `what was installed can be written and read under its names`() async throws {
        try await EnvironmentUnderTest.with { environment in
            let definition = SolutionDefinition(settings())
            try await environment.install(definition)
            let probes = try await environment.report(definition).probes
            let set = try #require(probes.entitySet(definition.names.profileTable))
            var body = ODataBody()
            body.set(definition.names.profileName, "Support")
            body.set(definition.names.profileMethod, SynchronizationMethod.webhook.optionValue(base: definition.names.optionBase))
            let result = try await environment.dynamics.perform(.create(set, body.bytes), lane: .live)
            #expect(result.outcome == .success)
            let rows = try await environment.dynamics.query(ODataQuery(set), lane: .live)
            #expect(rows.first?.int(definition.names.profileMethod) == 727_000_001)
            let first = UUID()
            let second = UUID()
            var call = ODataBody()
            call.set("subject", "Callback")
            let phoneCalls = [first, second].map { "phonecalls(\($0.uuidString.lowercased()))" }
            for path in phoneCalls {
                _ = try await environment.dynamics.perform(.createOnly(path, call.bytes), lane: .live)
            }
            var link = ODataBody()
            link.bind(probes.navigation("phonecall", "enr_bundleid"), "/" + phoneCalls[0])
            let linked = try await environment.dynamics.perform(.updateOnly(phoneCalls[1], link.bytes), lane: .live)
            #expect(linked.outcome == .success)
        }
    }

    @Test func `another prefix makes other names`() async throws {
        try await EnvironmentUnderTest.with { environment in
            let stored = [("SolutionPrefix", "acme"), ("SolutionPublisher", "acme"), ("SolutionName", "AcmeHub")]
            let definition = SolutionDefinition(Settings.reading(stored.map { (name: $0.0, value: $0.1) }, version: 1).settings)
            let events = try await environment.install(definition)
            #expect(events.filter(\.isFailure).isEmpty, "\(events.filter(\.isFailure).map(\.words))")
            let state = try await environment.report(definition).state
            #expect(state.tables["acme_callbackprofile"] != nil)
            #expect(state.tables["systemuser"]?.columns["acme_userid"] != nil)
            #expect(state.tables["systemuser"]?.columns["enr_userid"] == nil)
        }
    }

    @Test func `a customer's own lookup is bound by the property that the environment tells`() async throws {
        try await EnvironmentUnderTest.with { environment in
            let relationship = #"""
                {"@odata.type":"Microsoft.Dynamics.CRM.OneToManyRelationshipMetadata","SchemaName":"acme_phonecall_linked",
                 "ReferencedEntity":"phonecall","ReferencingEntity":"phonecall",
                 "Lookup":{"@odata.type":"Microsoft.Dynamics.CRM.LookupAttributeMetadata","SchemaName":"acme_LinkedTo"}}
                """#
            let made = try await environment.dynamics.perform(
                .create("RelationshipDefinitions", Array(relationship.utf8)), lane: .live)
            #expect(made.outcome == .success)
            let definition = SolutionDefinition(settings { $0.columns.bundle = "acme_linkedto" })
            let events = try await environment.install(definition)
            #expect(events.filter(\.isFailure).isEmpty)
            #expect(!events.contains { $0.part.name == "phonecall.acme_linkedto" })
            let probes = try await environment.report(definition).probes
            #expect(probes.answers["navigation.phonecall.acme_linkedto"] == "acme_LinkedTo_PhoneCall")

            let calls = [UUID(), UUID()].map { "phonecalls(\($0.uuidString.lowercased()))" }
            for path in calls { _ = try await environment.dynamics.perform(.createOnly(path, ODataBody().bytes), lane: .live) }
            func link(by property: String) async throws -> DynamicsOutcome {
                var body = ODataBody()
                body.bind(property, "/" + calls[0])
                return try await environment.dynamics.perform(.updateOnly(calls[1], body.bytes), lane: .live).outcome
            }
            #expect(try await link(by: "acme_linkedto") != .success)
            #expect(try await link(by: probes.navigation("phonecall", "acme_linkedto")) == .success)
        }
    }

    @Test func `a changed key of the callback lists is brought to Dynamics`() async throws {
        try await EnvironmentUnderTest.with { environment in
            try await environment.install(SolutionDefinition(settings(), source: Self.source))
            let rotated = SolutionDefinition(
                settings(), source: .init(address: Self.source.address, secret: "the next key"))
            let finding = try #require(try await environment.report(rotated).findings.first { $0.part.kind == "data_source" })
            #expect(finding.state == .missing && finding.found == "shows another key")
            let events = try await environment.install(rotated)
            #expect(events.map(\.part.kind) == ["data_source"] && events.map(\.result) == [.changed])
            #expect(
                environment.sandbox.dataverse.rows("msdyn_odatav4dses").map { $0["msdyn_parameter1value"].string }
                    == ["the next key"])
            #expect(try await environment.install(rotated).isEmpty)
        }
    }

    @Test func `what was cut off goes on where it stopped`() async throws {
        try await EnvironmentUnderTest.with { environment in
            let definition = SolutionDefinition(settings())
            let report = try await environment.report(definition)
            let half = Array(report.findings.prefix(9))
            _ = try await SolutionInstaller(
                dynamics: environment.dynamics, solution: definition.names.name, pause: EnvironmentUnderTest.pause
            ).install(half, in: report.state)
            let events = try await environment.install(definition)
            #expect(events.filter(\.isFailure).isEmpty, "\(events.filter(\.isFailure).map(\.words))")
            let whole = try await settled(environment, definition)
            #expect(whole.isWell)
        }
    }

    @Test func `connections that break and gateways that fail stop nothing`() async throws {
        try await EnvironmentUnderTest.with { environment in
            environment.sandbox.faults.replace(
                with: [
                    Fault(.cutBefore, on: .dataverse, rate: 0.05), Fault(.cutAfter, on: .dataverse, rate: 0.05),
                    Fault(.status503, on: .dataverse, rate: 0.03),
                ], seed: 3)
            let definition = SolutionDefinition(settings(), source: Self.source, webhook: Self.webhook)
            let events = try await environment.install(definition)
            #expect(environment.sandbox.faults.struck.values.reduce(0, +) > 10)
            environment.sandbox.faults.replace(with: [])
            #expect(events.filter(\.isFailure).isEmpty, "\(events.filter(\.isFailure).map(\.words))")
            #expect(try await settled(environment, definition).isWell)
        }
    }

    @Test func `columns that stand there already are taken as they are`() async throws {
        try await EnvironmentUnderTest.with {
            $0.dataverse.customColumns = DataverseCustomColumn.standard(prefix: "enr_")
        } _: { environment in
            let definition = SolutionDefinition(settings())
            let events = try await environment.install(definition)
            #expect(events.filter(\.isFailure).isEmpty, "\(events.filter(\.isFailure).map(\.words))")
            #expect(!events.contains { $0.part.name == "phonecall.enr_callid" })
        }
    }

    @Test func `a webhook that moves is changed where it stands`() async throws {
        try await EnvironmentUnderTest.with { environment in
            try await environment.install(SolutionDefinition(settings(), webhook: Self.webhook))
            let moved = SolutionDefinition(settings(), webhook: .init(address: "https://new.example/hook", secret: "other"))
            let events = try await environment.install(moved)
            #expect(events.map(\.part.kind) == ["webhook"] && events.map(\.result) == [.changed])
            #expect(
                environment.sandbox.dataverse.rows("serviceendpoints").map { $0["url"].string } == ["https://new.example/hook"])
        }
    }

    @Test func `it is all taken out again, and phone calls stay`() async throws {
        try await EnvironmentUnderTest.with { environment in
            let definition = SolutionDefinition(settings(), source: Self.source, webhook: Self.webhook)
            try await environment.install(definition)
            _ = try await settled(environment, definition)
            var body = ODataBody()
            body.set("subject", "Inbound call")
            body.set("enr_callid", "a")
            let written = try await environment.dynamics.perform(.create("phonecalls", body.bytes), lane: .live)
            #expect(written.outcome == .success)
            let events = try await environment.remove(definition)
            #expect(events.filter(\.isFailure).isEmpty, "\(events.filter(\.isFailure).map(\.words))")
            let state = try await environment.report(definition).state
            #expect(SolutionRemover.removable(definition, state).isEmpty)
            #expect(environment.sandbox.dataverse.rows("serviceendpoints").isEmpty)
            #expect(environment.sandbox.dataverse.rows("sdkmessageprocessingsteps").isEmpty)
            #expect(environment.sandbox.dataverse.phoneCalls().count == 1)
            let events2 = try await environment.install(definition)
            #expect(events2.filter(\.isFailure).isEmpty, "\(events2.filter(\.isFailure).map(\.words))")
        }
    }

    @Test func `an administrator hears which right is missing`() async throws {
        try await EnvironmentUnderTest.with { environment in
            environment.sandbox.dataverse.setRoles(missingPrivileges: ["prvCreatePublisher"])
            let definition = SolutionDefinition(settings())
            let events = try await environment.install(definition)
            // Without a publisher nothing else is tried.
            #expect(events.count == 1)
            let event = try #require(events.first)
            #expect(event.isFailure)
            #expect(event.words.contains("System Customizer"))
        }
    }
}
