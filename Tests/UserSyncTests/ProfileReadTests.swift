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

/// Callback profiles that stand in Dynamics come to be the hub's.
@Suite(.database, .timeLimit(.minutes(15))) struct ProfileReadTests {
    private static let queue = UUID(uuidString: "bbbbbbbb-0000-4000-8000-000000000001")!
    private static let list = UUID(uuidString: "aaaaaaaa-0000-4000-8000-000000000001")!
    private static let otherList = UUID(uuidString: "aaaaaaaa-0000-4000-8000-000000000002")!
    private static let table = "enr_callbackprofiles"

    /// A hub whose environment has the solution and a queue, and knows it.
    private func withSolution(_ body: (PeopleHub) async throws -> Void) async throws {
        try await PeopleHub.with { hub in
            let definition = SolutionDefinition(Settings())
            let report = try await SolutionReport.read(definition, from: hub.connection.dynamics)
            let installer = SolutionInstaller(dynamics: hub.connection.dynamics, solution: definition.names.name) { _ in }
            _ = try await installer.install(report.findings, in: report.state)
            try hub.sandbox.dataverse.seed("queues", [["queueid": .string(Self.queue.lowercase), "name": "Support"]])
            try await hub.run(NewJob(kind: UserSyncJobs.probe, tenant: hub.tenant, maxAttempts: 4, queue: UserSyncJobs.queue))
            try await body(hub)
        }
    }

    private static func option<Choice: GuideChoice>(_ choice: Choice) -> JSON {
        .integer(Int64(choice.optionValue(base: Settings.Solution().optionBase)))
    }

    private static func columns(_ name: String, list: UUID = list) -> [String: JSON] {
        [
            "enr_name": .string(name), "enr_callbacklistid": .string(list.uuidString),
            "enr_queue@odata.bind": .string("/queues(\(queue.lowercase))"), "enr_ownershiprule": option(OwnershipRule.queueOwner),
            "enr_duplicatehandlingrule": option(DuplicateHandlingRule.ignore),
            "enr_synchronizationmethod": option(SynchronizationMethod.webhookWithPolling),
            "enr_agetimeunit": option(AgeTimeUnit.hours), "enr_callbackage": 6,
        ]
    }

    /// Somebody makes a profile on the form in Dynamics.
    @discardableResult
    private func make(_ hub: PeopleHub, _ name: String = "Support", list: UUID = list, without: String? = nil) throws -> String {
        var row = JSONObject([:])
        for (column, value) in Self.columns(name, list: list) where column != without { row[column] = value }
        return try hub.sandbox.dataverse.seed(Self.table, [.object(row)])[0]
    }

    private func read(_ hub: PeopleHub) async throws { try await hub.run(UserSyncJobs.readSettingsNow(tenant: hub.tenant)) }

    /// `name v1: what is wrong`, for each that is in force.
    private func profiles(_ hub: PeopleHub) async throws -> [String] {
        try await hub.database.query(
            Statement(
                "",
                """
                SELECT name || ' v' || version || coalesce(': ' || coalesce(problem, refused), '') FROM hub.callback_profile
                WHERE deleted_at IS NULL ORDER BY name
                """)
        ).map { try $0[0].decode(String.self) }
    }

    private func looks(_ hub: PeopleHub) async throws -> Int {
        try await hub.count("SELECT count(*) FROM hub.jobs WHERE kind = '\(EventLook.checkProfiles)'")
    }

    @Test func `a profile that is made in Dynamics is the hub's, with its history`() async throws {
        try await withSolution { hub in
            let id = try make(hub)
            try await read(hub)
            #expect(try await profiles(hub) == ["Support v1"])
            let row = try await hub.database.query(
                Statement(
                    "",
                    """
                    SELECT profile_id::text, source, callback_list_id::text, queue_id::text, ownership_rule, duplicate_rule, method, age_unit,
                        age, enabled
                    FROM hub.callback_profile
                    """))[0]
            let (profile, source, list, queue, ownership, duplicates, method, unit, age, enabled) = try row.decode(
                String.self, String.self, String.self, String.self, String.self, String.self, String.self, String.self,
                Int32.self,
                Bool.self)
            #expect(profile == id && source == "dynamics" && list == Self.list.lowercase && queue == Self.queue.lowercase)
            #expect(ownership == "queue_owner" && duplicates == "ignore" && method == "webhook_with_polling")
            #expect(unit == "hours" && age == 6 && enabled)
            #expect(try await looks(hub) == 1)
            try await read(hub)
            #expect(try await profiles(hub) == ["Support v1"])
            #expect(try await looks(hub) == 1)
            try hub.edit(Self.table, id, ["enr_phonecallsubject": "Ring {number}"])
            try await read(hub)
            #expect(try await profiles(hub) == ["Support v2"])
            #expect(try await hub.count("SELECT count(*) FROM hub.callback_profile_history") == 2)
            #expect(try await hub.text("SELECT changed_by FROM hub.callback_profile_history WHERE version = 2") == "Ann Example")
        }
    }

    @Test func `a change is taken over within five seconds, by the schedule alone`() async throws {
        try await withSolution { hub in
            let id = try make(hub)
            try await read(hub)
            let tenant = try #require(try await hub.book.situation(hub.tenant))
            try await JobSchedules(database: hub.database).ensure(UserSyncParts.settings.plan.schedules(tenant))
            try await eventually("the schedule runs") {
                try await hub.count(
                    "SELECT count(*) FROM hub.job_done JOIN hub.job_kind USING (kind_id) WHERE name = '\(UserSyncJobs.settings)'")
                    > 2
            }
            try await inTime(.seconds(5), "a change is in force and is looked at") { number in
                let start = ContinuousClock.now
                try hub.edit(Self.table, id, ["enr_callbackage": .integer(Int64(6 + number))])
                try await eventually("change \(number) is in force and is looked at") {
                    guard try await profiles(hub) == ["Support v\(1 + number)"] else { return false }
                    return try await looks(hub) > 0
                }
                return start
            }
        }
    }

    @Test func `a bad change is listed with its reason, and the last good version stays in force`() async throws {
        try await withSolution { hub in
            let id = try make(hub)
            try await read(hub)
            try hub.edit(Self.table, id, ["enr_callbackage": .null])
            try await read(hub)
            let reason = "As it stands in Dynamics it can't be taken, version 1 stays in force: \(CallbackProblem.noAge.sentence)"
            #expect(try await profiles(hub) == ["Support v1: \(reason)"])
            #expect(try await hub.count("SELECT age FROM hub.callback_profile") == 6)
            let reporting = hub.test.connect(as: "trunkline_report", maximumConnections: 1)
            let problem = try await reporting.query(Statement("", "SELECT problem FROM report.callback_profiles"))[0].decode(
                String?.self)
            await reporting.close()
            #expect(problem == reason)
            let check = hub.readiness.report().checks.first { $0.name == "tenant demo: callback profiles in Dynamics" }
            #expect(check?.state == .degraded && check?.text == "Support: \(CallbackProblem.noAge.sentence)")
            try hub.edit(Self.table, id, ["enr_callbackage": 6])
            try await read(hub)
            #expect(try await profiles(hub) == ["Support v1"])
            #expect(hub.readiness.report().checks.contains { $0.name == check?.name && $0.state == .ready })
        }
    }

    @Test(arguments: [
        ("enr_queue@odata.bind", CallbackProblem.noQueue.sentence), ("enr_callbacklistid", CallbackProblem.noList.sentence),
        ("enr_ownershiprule", "Ownership Rule is empty: choose one of API User, Owner of Queue."),
        (
            "enr_synchronizationmethod",
            "Synchronization method is empty: choose one of Polling, Webhook, Webhook backed with polling."
        ),
        ("enr_agetimeunit", CallbackProblem.noAge.sentence),
    ])
    func `a profile that lacks something is listed and takes nothing in`(column: String, reason: String) async throws {
        try await withSolution { hub in
            try make(hub, without: column)
            try await read(hub)
            #expect(try await profiles(hub) == ["Support v1: \(reason)"])
        }
    }

    @Test func `of two that claim one list the older holds it`() async throws {
        try await withSolution { hub in
            try make(hub, "Old")
            hub.sandbox.clock.advance(by: 60)
            let young = try make(hub, "Young", list: Self.otherList)
            try await read(hub)
            #expect(try await profiles(hub) == ["Old v1", "Young v1"])
            try hub.edit(Self.table, young, ["enr_callbacklistid": .string(Self.list.lowercase)])
            try await read(hub)
            let reason =
                "As it stands in Dynamics it can't be taken, version 1 stays in force: \(CallbackProblem.listClaimed(by: "Old").sentence)"
            let found = try await profiles(hub)
            #expect(found == ["Old v1", "Young v1: \(reason)"])
            #expect(
                try await hub.text("SELECT callback_list_id::text FROM hub.callback_profile WHERE name = 'Young'")
                    == Self.otherList.lowercase)
        }
    }

    @Test func `a queue that is deleted leaves the last version in force for callback-sync to judge`() async throws {
        try await withSolution { hub in
            try make(hub)
            try await read(hub)
            try hub.sandbox.dataverse.delete("queues", id: Self.queue.lowercase)
            try await read(hub)
            #expect(try await profiles(hub).first?.hasSuffix(CallbackProblem.noQueue.sentence) == true)
            #expect(try await hub.text("SELECT queue_id::text FROM hub.callback_profile") == Self.queue.lowercase)
        }
    }

    @Test func `one that is switched off or deleted in Dynamics is so here`() async throws {
        try await withSolution { hub in
            let id = try make(hub)
            try await read(hub)
            try hub.edit(Self.table, id, ["statecode": 1, "statuscode": 2])
            try await read(hub)
            #expect(try await hub.count("SELECT count(*) FROM hub.callback_profile WHERE NOT enabled") == 1)
            try hub.sandbox.dataverse.delete(Self.table, id: id)
            try await read(hub)
            #expect(try await profiles(hub).isEmpty)
            #expect(try await hub.text("SELECT changed_by FROM hub.callback_profile WHERE deleted_at IS NOT NULL") == "Dynamics")
        }
    }

    @Test func `without the table profiles are the hub's, and what was read from it stays`() async throws {
        try await withSolution { hub in
            let id = try make(hub)
            try await read(hub)
            let definition = SolutionDefinition(Settings())
            let state = try await EnvironmentReader(dynamics: hub.connection.dynamics).read(definition)
            _ = try await SolutionRemover(dynamics: hub.connection.dynamics, solution: definition.names.name) { _ in }
                .remove(SolutionRemover.removable(definition, state), in: state)
            try await hub.run(NewJob(kind: UserSyncJobs.probe, tenant: hub.tenant, maxAttempts: 4, queue: UserSyncJobs.queue))
            try await read(hub)
            #expect(try await profiles(hub) == ["Support v1"])
            #expect(try await hub.text("SELECT source FROM hub.callback_profile WHERE profile_id = '\(id)'") == "hub")
        }
    }
}

extension PeopleHub {
    /// Changes a row as Ann would in Dynamics.
    fileprivate func edit(_ set: String, _ id: String, _ columns: JSON) throws {
        try sandbox.dataverse.edit(set, id: id, columns, as: Self.annInDynamics.lowercase)
    }
}
