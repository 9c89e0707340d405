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

/// The directory goes by what the environment answered: which tables there are, and whose changes can be followed.
@Suite(.database) struct DirectoryProbeTests {
    private func probe(_ hub: PeopleHub) async throws {
        try await hub.run(NewJob(kind: UserSyncJobs.probe, tenant: hub.tenant, maxAttempts: 4, queue: UserSyncJobs.queue))
    }

    private func seed(_ hub: PeopleHub, _ table: DirectoryTable, _ number: String) throws {
        try hub.sandbox.dataverse.seed(
            table.set, [[table == .account ? "name" : "lastname": "Ann", "telephone1": .string(number)]])
    }

    private func numbers(_ hub: PeopleHub) async throws -> Int {
        try await hub.count("SELECT count(*) FROM hub.directory_number")
    }

    private func read(_ hub: PeopleHub, _ table: DirectoryTable) async throws {
        let situation = try #require(try await hub.book.situation(hub.tenant))
        let job = try #require(DirectoryPlan.jobs(situation).first { $0.key == "directory/\(table.rawValue)" })
        try await hub.run(job)
    }

    @Test(arguments: [false, true])
    func `change tracking that is off is told, and the table is read as soon as it is on`(isAsked: Bool) async throws {
        try await PeopleHub.with { hub in
            try seed(hub, .contact, "+31205550101")
            try hub.sandbox.dataverse.setChangeTracking("contacts", on: false)
            // Either the environment said so, or Dynamics refuses the first read.
            if isAsked { try await probe(hub) }
            try await read(hub, .contact)
            #expect(
                try await hub.text("SELECT error_code FROM hub.directory_load WHERE entry_table = 'contact'")
                    == "change_tracking_off")
            let check = try #require(hub.readiness["tenant demo: directory contact"])
            #expect(check.state == .degraded)
            #expect(check.text.contains("Change tracking is off for contact"))
            #expect(try await numbers(hub) == 0)
            if !isAsked { try await probe(hub) }

            try hub.sandbox.dataverse.setChangeTracking("contacts", on: true)
            try await probe(hub)
            try await eventually("the contacts are read") { try await numbers(hub) == 1 }
            try await eventually("the program says so") {
                hub.readiness["tenant demo: directory contact"]?.state == .ready
            }
        }
    }

    @Test func `a table that the environment has not is not asked for, and the directory is complete without it`() async throws {
        try await PeopleHub.with { hub in
            try seed(hub, .contact, "+31205550101")
            try seed(hub, .lead, "+31205550102")
            let probes = DynamicsProbes(["language": "1033", "set.contact": "contacts", "set.account": "accounts"])
            #expect(probes.has("lead") == false)
            try await hub.database.withTransaction { try await ProbeStore.replace(probes, tenant: hub.tenant, on: $0) }
            hub.sandbox.faults.replace(with: [Fault(.status500, on: .dataverse, path: "leads")])
            for table in DirectoryTable.allCases { try await read(hub, table) }
            #expect(hub.sandbox.faults.struck.isEmpty)
            #expect(try await hub.count("SELECT count(*) FROM hub.directory_state WHERE is_complete") == 1)
            #expect(try await numbers(hub) == 1)
        }
    }
}
