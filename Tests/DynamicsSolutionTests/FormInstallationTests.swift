import Dynamics
import Foundation
import Model
import Sandbox
import Testing

@testable import DynamicsSolution

@Suite struct FormInstallationTests {
    private static let profile = "enr_callbackprofile"

    private func definition(_ choice: SolutionDefinition.FormChoice) -> SolutionDefinition {
        SolutionDefinition(Settings(), forms: choice)
    }

    private func form(_ environment: EnvironmentUnderTest, _ table: String) throws -> (id: String, layout: FormLayout) {
        let row = try #require(
            environment.sandbox.dataverse.rows("systemforms").first {
                $0["objecttypecode"].string == table && $0["formactivationstate"].integer == 1
            })
        return (row.id, try #require(FormLayout(row["formxml"].string ?? "")))
    }

    private func finding(
        _ environment: EnvironmentUnderTest, _ definition: SolutionDefinition, _ kind: String, _ name: String
    ) async throws -> SolutionFinding {
        try #require(try await environment.report(definition).findings.first { $0.part.kind == kind && $0.part.name == name })
    }

    private func change(_ environment: EnvironmentUnderTest, form id: String, _ xml: String) throws {
        try environment.sandbox.dataverse.edit("systemforms", id: id, ["formxml": .string(xml)])
    }

    private func publish(_ environment: EnvironmentUnderTest, _ table: String) async throws {
        let result = try await environment.dynamics.perform(.publishing([table]), lane: .live)
        #expect(result.outcome == .success)
    }

    @Test func `forms and views of the hub's own tables show every column, and a second run has nothing to do`() async throws {
        try await EnvironmentUnderTest.with { environment in
            let definition = definition(.own)
            let planned = try await environment.report(definition).plan
            #expect(planned.filter { $0.part.kind == "form" }.map(\.part.name) == [Self.profile, "enr_trunklinesetting"])
            #expect(planned.first { $0.part.kind == "view" }?.part.words.contains("Ownership Rule") == true)
            let events = try await environment.install(definition)
            #expect(events.filter(\.isFailure).isEmpty, "\(events.filter(\.isFailure).map(\.words))")
            let names: Set = [
                "enr_name", "enr_callbacklistid", "enr_queue", "enr_ownershiprule", "enr_phonecallsubject",
                "enr_duplicatehandlingrule", "enr_synchronizationmethod", "enr_agetimeunit", "enr_callbackage",
            ]
            #expect(try form(environment, Self.profile).layout.columns == names)
            #expect(try form(environment, "enr_trunklinesetting").layout.columns == ["enr_name", "enr_value"])
            let view = try #require(
                environment.sandbox.dataverse.rows("savedqueries").first { $0["returnedtypecode"].string == Self.profile })
            let layout = try #require(
                ViewLayout(layout: view["layoutxml"].string ?? "", fetch: view["fetchxml"].string ?? ""))
            #expect(layout.columns == names.union(["createdon"]))
            #expect(try await environment.install(definition).isEmpty)
            #expect(try await finding(environment, definition, "form", Self.profile).found == "8 columns on Information")
            #expect(try await finding(environment, definition, "view", Self.profile).state == .present)
        }
    }

    @Test func `which columns of a table stand is asked once for its form and its view`() async throws {
        try await EnvironmentUnderTest.with { environment in
            let definition = definition(.own)
            try await environment.install(self.definition(.none))
            let report = try await environment.report(definition)
            let planned = report.findings.filter(\.isPlanned).map(\.part)
            #expect(planned.map(\.kind) == ["form", "view", "form", "view"])
            let before = try await environment.columnRequests()
            _ = try await SolutionInstaller(
                dynamics: environment.dynamics, solution: definition.names.name, pause: EnvironmentUnderTest.pause
            ).install(report.findings, in: report.state)
            #expect(try await environment.columnRequests() - before == Set(planned.map(\.table)).count)
        }
    }

    @Test func `forms of phone calls and users are the customer's: what they lack is told with what to do`() async throws {
        try await EnvironmentUnderTest.with { environment in
            let definition = definition(.own)
            try await environment.install(definition)
            let call = try await finding(environment, definition, "form", "phonecall")
            #expect(call.state == .manual && !call.isFailure && !call.isPlanned)
            #expect(call.found == "Phone Call lacks Bundled With, Queue Name, Recording Address, Enreach Call Id")
            #expect(call.remedy?.contains("table Phone Call, form Phone Call: add Bundled With") == true)
            #expect(call.remedy?.contains("--forms all") == true)
            #expect(try await finding(environment, definition, "form", "systemuser").state == .manual)
            #expect(try await finding(environment, definition, "visibility_rule", Self.profile).state == .manual)
            #expect(try form(environment, "phonecall").layout.columns == ["subject", "phonenumber", "description"])
        }
    }

    @Test func `asked for, they get a section, which goes again with everything else`() async throws {
        try await EnvironmentUnderTest.with { environment in
            let before = try ["phonecall", "systemuser"].map { try form(environment, $0).layout.columns }
            let definition = definition(.all)
            let events = try await environment.install(definition)
            #expect(events.filter(\.isFailure).isEmpty, "\(events.filter(\.isFailure).map(\.words))")
            let call = try form(environment, "phonecall").layout
            #expect(call.columns.isSuperset(of: ["subject", "enr_bundleid", "enr_queuename", "enr_recordingurl", "enr_callid"]))
            #expect(call.hasSection("enr_trunkline"))
            #expect(try form(environment, "systemuser").layout.columns.isSuperset(of: ["enr_userid", "enr_useremail"]))
            #expect(try await environment.install(definition).isEmpty)
            // Whoever asks for less afterwards does not lose it.
            let own = self.definition(.own)
            #expect(try await environment.install(own).isEmpty)
            #expect(try await finding(environment, own, "form", "phonecall").state == .present)

            let removed = try await environment.remove(definition)
            #expect(removed.filter(\.isFailure).isEmpty, "\(removed.filter(\.isFailure).map(\.words))")
            #expect(removed.filter { $0.part.kind == "form" }.map(\.part.name) == ["systemuser", "phonecall"])
            #expect(try ["phonecall", "systemuser"].map { try form(environment, $0).layout.columns } == before)
            let state = try await environment.report(definition).state
            #expect(state.tables[Self.profile] == nil && state.tables["phonecall"]?.columns["enr_callid"] == nil)
            #expect(SolutionRemover.removable(definition, state).isEmpty)
        }
    }

    @Test func `what a customer has added or placed elsewhere stays, and nothing stands twice`() async throws {
        try await EnvironmentUnderTest.with { environment in
            try await environment.install(definition(.none))
            #expect(try form(environment, Self.profile).layout.columns == ["enr_name"])
            let row = try form(environment, Self.profile)
            let placed = try #require(
                row.layout.adding(
                    [
                        .init(name: "enr_queue", label: "Ours", control: .lookup, isReadOnly: false),
                        .init(name: "createdon", label: "Made", control: .text, isReadOnly: true),
                    ], to: "acme_section", label: "Acme", language: 1033))
            try change(environment, form: row.id, placed)
            let definition = definition(.own)
            let events = try await environment.install(definition)
            #expect(events.filter(\.isFailure).isEmpty)
            let after = try form(environment, Self.profile).layout
            #expect(after.hasSection("acme_section") && after.hasSection("enr_trunkline"))
            #expect(after.columns.isSuperset(of: ["createdon", "enr_queue", "enr_ownershiprule"]))
            let xml = try #require(
                environment.sandbox.dataverse.rows("systemforms").first { $0.id == row.id }?["formxml"].string)
            #expect(xml.ranges(of: "datafieldname=\"enr_queue\"").count == 1)
        }
    }

    @Test func `a form that somebody is at work on is not touched, neither to add nor to remove`() async throws {
        try await EnvironmentUnderTest.with { environment in
            let row = try form(environment, "phonecall")
            let draft = try #require(
                row.layout.adding(
                    [.init(name: "category", label: "Category", control: .text, isReadOnly: false)], to: "acme", label: "Acme",
                    language: 1033))
            try await environment.install(definition(.own))
            try change(environment, form: row.id, draft)
            let definition = definition(.all)
            let found = try await finding(environment, definition, "form", "phonecall")
            #expect(found.state == .different && found.found.hasSuffix("Phone Call has changes that are not published"))
            #expect(!(try await environment.install(definition)).contains { $0.part.name == "phonecall" })
            #expect(try form(environment, "phonecall").layout.columns == row.layout.columns)

            try await publish(environment, "phonecall")
            try await environment.install(definition)
            let whole = try form(environment, "phonecall")
            #expect(whole.layout.columns.isSuperset(of: ["category", "enr_callid"]))
            try change(environment, form: row.id, try #require(whole.layout.removing(["category"], from: "acme")))
            let removed = try await environment.remove(definition)
            let failed = removed.filter(\.isFailure).map { "\($0.part.kind) \($0.part.name)" }
            #expect(failed.contains("form phonecall") && failed.contains("column phonecall.enr_callid"))
            try await publish(environment, "phonecall")
            let again = try await environment.remove(definition)
            #expect(again.filter(\.isFailure).isEmpty, "\(again.filter(\.isFailure).map(\.words))")
            #expect(try form(environment, "phonecall").layout.columns == row.layout.columns)
        }
    }

    @Test func `what was added and not published is published by the next run`() async throws {
        try await EnvironmentUnderTest.with { environment in
            try await environment.install(definition(.own))
            let row = try form(environment, "systemuser")
            let wanted = SolutionDefinition.FormChoice.all
            let fields = definition(wanted).parts.compactMap { part in
                if case .form(let form) = part, form.table == "systemuser" { form.fields } else { nil }
            }[0]
            let xml = try #require(row.layout.adding(fields, to: "enr_trunkline", label: "Enreach", language: 1033))
            try change(environment, form: row.id, xml)
            let found = try await finding(environment, definition(wanted), "form", "systemuser")
            #expect(found.state == .missing && found.found.hasSuffix("not yet published"))
            try await environment.install(definition(wanted))
            #expect(try await finding(environment, definition(wanted), "form", "systemuser").state == .present)
        }
    }

    @Test func `who may not look at forms is told so, and the rest is found and made`() async throws {
        try await EnvironmentUnderTest.with { environment in
            environment.sandbox.dataverse.setRoles(missingPrivileges: ["prvReadSystemForm"])
            let definition = definition(.own)
            let events = try await environment.install(definition)
            #expect(events.contains { $0.part.kind == "setting" } && events.contains { $0.part.kind == "view" })
            #expect(events.filter(\.isFailure).map(\.part.kind) == ["form", "form"])
            let found = try await finding(environment, definition, "form", Self.profile)
            #expect(found.state == .unavailable && !found.isFailure && found.remedy?.contains("System Form") == true)
        }
    }

    @Test func `who may not change forms is told which role that takes`() async throws {
        try await EnvironmentUnderTest.with { environment in
            environment.sandbox.dataverse.setRoles(missingPrivileges: ["prvWriteSystemForm"])
            let events = try await environment.install(definition(.own))
            let failed = events.filter(\.isFailure)
            #expect(failed.map(\.part.kind) == ["form", "form"])
            #expect(failed.allSatisfy { $0.words.contains("System Customizer") })
        }
    }

    @Test func `a form that was switched off is not the one that is shown`() async throws {
        try await EnvironmentUnderTest.with { environment in
            let definition = definition(.own)
            try await environment.install(definition)
            let id = try form(environment, Self.profile).id
            try environment.sandbox.dataverse.edit("systemforms", id: id, ["formactivationstate": 0])
            try await publish(environment, Self.profile)
            let found = try await finding(environment, definition, "form", Self.profile)
            #expect(found.state == .different && found.found == "the table has no active main form")
        }
    }

    @Test func `programs look at no forms`() {
        #expect(!SolutionDefinition(Settings()).parts.contains { ["form", "view"].contains($0.kind) })
    }

    @Test(arguments: SolutionDefinition.FormChoice.allCases)
    func `a choice says what is made, and all is looked at`(choice: SolutionDefinition.FormChoice) {
        let made = definition(choice).parts.compactMap { part -> String? in
            switch part {
            case .form(let form): form.isMade ? form.table : "-"
            case .view(let view): view.isMade ? "view" : "-"
            default: nil
            }
        }
        switch choice {
        case .none: #expect(made == Array(repeating: "-", count: 6))
        case .own: #expect(made == [Self.profile, "view", "enr_trunklinesetting", "view", "-", "-"])
        case .all: #expect(made == [Self.profile, "view", "enr_trunklinesetting", "view", "phonecall", "systemuser"])
        }
    }
}
