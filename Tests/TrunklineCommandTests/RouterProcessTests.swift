import EmbeddedPostgres
import Foundation
import Postgres
import Runtime
import TestSupport
import Testing

@testable import Operations
@testable import TrunklineCommand

/// The router as operators see it beside the other programs.
@Suite(.database) struct RouterProcessTests {
    private func router() throws -> Process {
        let process = Process()
        process.executableURL = URL(filePath: try BuiltProgram.path("router"))
        process.arguments = [
            "--database-url", try TestDatabase.current.url, "--threads", "1", "--http-port", "\(try FreePort.find())",
            "--route-port", "\(try FreePort.find())", "--log-level", "critical",
        ]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }

    @Test func `a running router is in hub.instance, and the doctor misses none`() async throws {
        let database = try TestDatabase.current.connect(maximumConnections: 2)
        try await database.withConnection {
            try await $0.run(
                script: """
                    INSERT INTO hub.tenant (name, region, people_at) VALUES ('acme', 'FI', now());
                    INSERT INTO hub.route_rule_set (tenant_id, version, document, rules, applied_by)
                    SELECT tenant_id, 1, 'rules: [{name: a, when: {blocked: true}, to: disconnect}]', 1, 'test' FROM hub.tenant;
                    """)
        }
        let patient = Patient(
            database: database, now: Date(),
            programs: try ProgramConfiguration.load(
                schema: .common, file: nil, flags: ["database.url": "postgresql://nowhere"], environment: [:]),
            noFile: "", asksVendors: false, outbound: OutboundClients())
        func missing() async throws -> Bool {
            try await ProgramsCheck().findings(patient).contains { $0.text.contains("no router runs") }
        }
        let row = Statement(
            "", "SELECT pid, version, stopped_at IS NULL FROM hub.instance WHERE program = 'router' ORDER BY started_at DESC")
        #expect(try await missing())
        let process = try router()
        try await eventually("the router is there") { try await !missing() }
        let (pid, version, runs) = try await database.query(row)[0].decode(Int32.self, String.self, Bool.self)
        #expect(pid == process.processIdentifier && version == Trunkline.version && runs)
        process.terminate()
        try await process.ended()
        #expect(process.terminationStatus == 0)
        #expect(try await database.query(row)[0].decode(Int32.self, String.self, Bool.self).2 == false)
        #expect(try await missing())
        await database.close()
    }
}
