import Dynamics
import DynamicsSolution
import FoundationEssentials
import Jobs
import Model
import Postgres
import Runtime
import Sandbox
import Tenants
import TestSupport
import Testing

@testable import UserSync

@Suite(.database) struct SettingReadTests {
    /// A hub whose environment has the solution, and knows it.
    private func withSolution(_ body: (PeopleHub, SolutionDefinition) async throws -> Void) async throws {
        try await PeopleHub.with { hub in
            let definition = SolutionDefinition(Settings())
            let report = try await SolutionReport.read(definition, from: hub.connection.dynamics)
            let installer = SolutionInstaller(dynamics: hub.connection.dynamics, solution: definition.names.name) { _ in }
            _ = try await installer.install(report.findings, in: report.state)
            try await hub.run(NewJob(kind: UserSyncJobs.probe, tenant: hub.tenant, maxAttempts: 4, queue: UserSyncJobs.queue))
            try await body(hub, definition)
        }
    }

    private func row(_ hub: PeopleHub, _ name: String) throws -> String {
        try #require(hub.sandbox.dataverse.rows("enr_trunklinesettings").first { $0["enr_name"].string == name }).id
    }

    private func inForce(_ hub: PeopleHub) async throws -> Settings {
        try #require(try await hub.book.situation(hub.tenant)).settings
    }

    private func read(_ hub: PeopleHub) async throws { try await hub.run(UserSyncJobs.readSettingsNow(tenant: hub.tenant)) }

    @Test func `a value in Dynamics is in force, is history, and gives way when it is emptied`() async throws {
        try await withSolution { hub, _ in
            let limit = try row(hub, "CallDurationLimit")
            try hub.sandbox.dataverse.edit("enr_trunklinesettings", id: limit, ["enr_value": "42"])
            try await read(hub)
            #expect(try await inForce(hub).callDurationLimit == 42)
            #expect(try await hub.text("SELECT note FROM hub.setting WHERE value = '42'") == "as it stands in Dynamics")
            try await read(hub)
            #expect(try await hub.count("SELECT count(*) FROM hub.setting") == 1)
            try hub.sandbox.dataverse.edit("enr_trunklinesettings", id: limit, ["enr_value": .null])
            try await read(hub)
            #expect(try await inForce(hub).callDurationLimit == Settings().callDurationLimit)
        }
    }

    @Test func `a change is taken over within five seconds, by the schedule alone`() async throws {
        try await withSolution { hub, _ in
            let limit = try row(hub, "CallDurationLimit")
            let tenant = try #require(try await hub.book.situation(hub.tenant))
            try await JobSchedules(database: hub.database).ensure(UserSyncParts.settings.plan.schedules(tenant))
            for value in [42, 142] {
                try await inTime(.seconds(5), "a new limit is in force") { number in
                    let (start, limited) = (ContinuousClock.now, value + number)
                    try hub.sandbox.dataverse.edit("enr_trunklinesettings", id: limit, ["enr_value": .string("\(limited)")])
                    try await eventually("the limit of \(limited) is in force") {
                        try await inForce(hub).callDurationLimit == limited
                    }
                    return start
                }
            }
        }
    }

    @Test func `a value that can't be taken is told and changes nothing`() async throws {
        try await withSolution { hub, _ in
            try hub.sandbox.dataverse.edit(
                "enr_trunklinesettings", id: try row(hub, "CallStartMargin"), ["enr_value": "soon"])
            try await read(hub)
            #expect(try await inForce(hub).callStartMargin == Settings().callStartMargin)
            #expect(
                try await hub.text("SELECT problem FROM hub.dynamics_setting")
                    == "setting CallStartMargin: say a whole number from 0 to 3600")
            let checks = hub.readiness.report().checks
            #expect(checks.contains { $0.name == "tenant demo: settings" && $0.state == .degraded })
        }
    }

    @Test func `without the tables settings are kept in the hub`() async throws {
        try await PeopleHub.with { hub in
            try await read(hub)
            #expect(try await hub.text("SELECT note FROM hub.job_done WHERE note LIKE 'not installed%' LIMIT 1") != nil)
        }
    }
}
