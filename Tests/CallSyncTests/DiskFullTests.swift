import Jobs
import Postgres
import Runtime
import TestSupport
import Testing

@testable import CallSync

/// The database's disk is full while calls come in.
@Suite(.database, .timeLimit(.minutes(5))) struct DiskFullTests {
    @Test(
        "Nothing is lost, and ready says why, whether calls can't be taken in or results not be written down",
        arguments: ["hub.timeline", "hub.call_hour"])
    func goesOn(table: String) async throws {
        try await TestHub.with { hub in
            let disk = try await FullDisk.under([table], of: hub.database.configuration.connectionString)
            let calls = (0..<20).map { hub.call(from: "+35850\(7_000_000 + $0)", ago: Double(200 + $0)) }
            try await eventually("a poll is asked for") {
                (try? await JobQueue(database: hub.database).enqueue([
                    NewJob(kind: JobKinds.poll, tenant: hub.tenant, unique: "poll", maxAttempts: 1)
                ])) != nil
            }
            try await eventually("ready says why") { hub.readiness["jobs"]?.text.hasPrefix("disk full") == true }
            #expect(hub.readiness["jobs"]?.state == .unready)
            try await disk.free()
            try await eventually("all are written") {
                (try? await hub.count("SELECT count(*) FROM hub.call WHERE state = 'written'")) == 20
            }
            try await eventually("ready again") { hub.readiness["jobs"]?.state == .ready }
            try await hub.quiet()
            for call in calls { #expect(hub.records(call).count == 1) }
            #expect(try await hub.count("SELECT count(*) FROM hub.job_dead") == 0)
            #expect(try await hub.isBalanced())
        }
    }
}
