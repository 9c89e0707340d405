import Dynamics
import Model
import Sandbox
import TestSupport
import Testing

@testable import TrunklineCommand

/// What the doctor asks the vendors about: no more than the tenant's work takes, and no less.
@Suite(.databaseEach, .timeLimit(.minutes(5))) struct VendorRightsTests {
    /// What is found at a tenant of the simulated vendors.
    private func findings(
        _ check: any DoctorCheck, callbacks: Bool = false, sql: String? = nil,
        _ configure: @Sendable (inout SandboxConfiguration) -> Void = { _ in },
        _ prepare: @Sendable (SandboxServer) -> Void = { _ in }
    ) async throws -> [Finding] {
        var findings: [Finding] = []
        try await TroubledHub.run { hub in
            try await SandboxTenant.run(configure) { sandbox in
                let tenant = SandboxTenant(sandbox: sandbox)
                try await hub.configure(tenant.yaml, files: tenant.files)
                if callbacks { try await hub.takeCallbacks() }
                if let sql { try await hub.run(sql) }
                prepare(sandbox)
                findings = try await hub.findings(of: check)
            }
        }
        return findings
    }

    @Test func `what was asked about is said`() async throws {
        let plain = try await findings(DynamicsRightsCheck())
        #expect(
            plain == [
                .ok(
                    "dynamics",
                    "acme: the application user has Activity: Create, Read, Write, Delete, Append, AppendTo, Assign; "
                        + "User: Read, Write, AppendTo; Organization: Read; Contact: Read, AppendTo; Account: Read, AppendTo; "
                        + "Lead: Read, AppendTo, for the whole organisation")
            ])
        let callbacks = try await findings(DynamicsRightsCheck(), callbacks: true)
        #expect(callbacks[0].text.contains("; Queue: Read, AppendTo; Team: Read, AppendTo, for the whole"))
        let enreach = try await findings(EnreachRightsCheck(), callbacks: true)
        #expect(
            enreach == [
                .ok(
                    "enreach",
                    "acme: the API user may read users, read queues, read calls, read service calls, read callback lists, "
                        + "close callback requests")
            ])
    }

    @Test func `what the tenant does not use is not asked about`() async throws {
        let settings = "SELECT hub.change_setting(tenant_id, 'DirectoryTables', 'contact', 'jane') FROM hub.tenant"
        let dynamics = try await findings(DynamicsRightsCheck(), sql: settings) { _ in
        } _: {
            $0.dataverse.setRoles(missingPrivileges: ["prvReadAccount", "prvReadLead", "prvReadQueue", "prvReadTeam"])
        }
        #expect(dynamics.map(\.level) == [.ok])
        let enreach = try await findings(EnreachRightsCheck()) { _ in
        } _: {
            $0.faults.replace(with: [Fault(.forbidden, on: .enreach, path: "/callbacks")])
        }
        #expect(enreach.map(\.level) == [.ok])
    }

    @Test func `an environment without the Sales apps is well without leads`() async throws {
        let found = try await findings(DynamicsRightsCheck()) { $0.dataverse.absentTables = ["lead"] }
        #expect(found.map(\.level) == [.ok])
        #expect(!found[0].text.contains("Lead"))
    }

    @Test func `what is missing is one finding for each table`() {
        let rights = [DynamicsRight("contact", "Contact", [.read, .appendTo]), DynamicsRight("account", "Account", [.read])]
        let found = DynamicsRightsCheck.judge(rights, [UserPrivilege(name: "prvReadAccount", depth: "Global")], of: "acme")
        #expect(found.map(\.text) == ["acme: the application user lacks prvReadContact, prvAppendToContact (table contact)"])
    }
}
