import Enreach
import Foundation
import Jobs
import Logging
import Operations
import Postgres
import Privacy
import Runtime
import Sandbox
import TestSupport
import Testing

@testable import CallSync
@testable import CallbackSync
@testable import Tenants
@testable import TrunklineCommand

@Suite(.database, .timeLimit(.minutes(15))) struct KeyTests {
    /// Sets tombstones as an erasure begins.
    private func bury(_ hub: PrivacyHub, key text: String = PrivacyHub.key) async throws {
        let key = try #require(try PrivacyKeySource(text).keyring().current)
        let tenant = try await TenantStore(database: hub.database).named("demo")
        let number = try ErasableNumber(reading: PrivacyHub.number, region: "FI")
        _ = try await ErasureStore(database: hub.database, tenant: tenant, number: number).begin(
            key, who: "jane", why: "test", keepsDynamics: false)
    }

    private static let otherKey = Data(repeating: 1, count: 32).base64EncodedString()

    @Test(arguments: [nil, otherKey]) func `a program without the key holds the tenant's work and says so`(key: String?)
        async throws
    {
        let keys = try key.map { try PrivacyKeySource($0) } ?? .none
        try await PrivacyHub.with(keys: keys) { hub in
            try await hub.sync()
            let before = hub.call(from: PrivacyHub.other)
            try await hub.sync()
            #expect(try await hub.state(before) == "written")

            try await bury(hub)
            let call = hub.call(from: PrivacyHub.number)
            let other = hub.call(from: PrivacyHub.other, ago: 50)
            try await hub.execute("SELECT hub.job_add('calls.poll', \(hub.tenant))")
            try await eventually("it says so") {
                let check = hub.readiness["tenant demo: privacy"]
                return check?.state == .degraded && check?.text.contains("privacy key") == true
            }
            try await eventually("the poll is put off") {
                try await hub.count("SELECT count(*) FROM hub.jobs WHERE kind = 'calls.poll' AND state = 'snoozed'") == 1
            }
            #expect(try await hub.state(call) == "unknown")
            #expect(try await hub.state(other) == "unknown")
            #expect(try await NumberSearch.places(PrivacyHub.digits, in: hub.database) == [])
        }
    }

    @Test func `a new key goes before the old one, which goes on telling the numbers it erased`() async throws {
        try await PrivacyHub.with(keys: try PrivacyKeySource("\(Self.otherKey)\n\(PrivacyHub.key)")) { hub in
            try await hub.sync()
            try await bury(hub)
            let call = hub.call(from: PrivacyHub.number)
            let other = hub.call(from: PrivacyHub.other, ago: 50)
            try await hub.sync()
            #expect(try await hub.state(call) == "skipped(erased)")
            #expect(try await hub.state(other) == "written")
        }
    }

    @Test func `what was compared before the number was erased does not come in after`() async throws {
        try await PrivacyHub.with(works: false) { hub in
            try await hub.working { try await hub.sync() }
            let situation = try #require(try await hub.book.situation(hub.tenant))
            let call = hub.call(from: PrivacyHub.number)
            let request = hub.request(PrivacyHub.number)
            let connection = try #require(situation.connection)
            let queue = JobQueue(database: hub.database)
            let intake = Intake(database: hub.database, queue: queue, instance: hub.instance, logger: Logger(label: "test"))
            let answer = try await CallReader(situation, connection, intake: intake).call(call)
            let requests = try await connection.enreach.callback(id: request).map { [$0] } ?? []
            try await bury(hub)

            let failure = await #expect(throws: JobFailure.self) {
                try await intake.take(answer.calls, for: situation, source: .poll)
            }
            #expect(failure?.code == "erased_meanwhile" && failure?.countsAttempt == false)
            let callbacks = CallbackIntake(database: hub.database, queue: queue, instance: hub.instance)
            let profiles = try await ProfileStore.read(hub.tenant, from: hub.database).profiles
            await #expect(throws: JobFailure.self) {
                try await callbacks.take(
                    requests.compactMap { ReceivedCallback($0, list: PrivacyHub.list.id, now: Date()) }, for: situation,
                    profiles: profiles, way: .poll)
            }
            #expect(try await hub.count("SELECT count(*) FROM hub.call") == 0)
            #expect(try await hub.count("SELECT count(*) FROM hub.callback") == 0)
            let now = try #require(try await hub.book.situation(hub.tenant))
            _ = try await intake.take(answer.calls, for: now, source: .poll)
            #expect(try await hub.state(call) == "skipped(erased)")
        }
    }

    @Test func `a program at work with another key is named before anything is erased`() async throws {
        try await PrivacyHub.with { hub in
            try await hub.execute(
                """
                INSERT INTO hub.instance (instance_id, program, version, host, pid, state)
                VALUES (gen_random_uuid(), 'user-sync', '1', 'alpha', 7, '{"privacy": {"state": "ready", "text": "no key"}}')
                """)
            let refused = try await hub.command("erase", "--number", PrivacyHub.number, "--why", "test", "--yes").outcome()
            #expect(refused.status == 1 && refused.errors.contains("user-sync on alpha (pid 7)"))
            #expect(try await hub.count("SELECT count(*) FROM hub.erased_number") == 0)
            let forced = try await hub.command("erase", "--number", PrivacyHub.number, "--why", "test", "--yes", "--force")
                .outcome()
            #expect(forced.status == 0, "\(forced.errors)")
        }
    }

    @Test func `a lifted number is taken in again, and what was erased stays erased`() async throws {
        try await PrivacyHub.with { hub in
            let old = hub.call(from: PrivacyHub.number, ago: 900)
            try await hub.sync()
            #expect(try await hub.command("erase", "--number", PrivacyHub.number, "--why", "test", "--yes").outcome().status == 0)
            let lifted = try await hub.command("erase", "lift", "--number", "0501234567", "--why", "asked for").outcome()
            #expect(lifted.status == 0, "\(lifted.errors)")
            #expect(try await hub.command("erase", "lift", "--number", "0501234567", "--why", "again").outcome().status == 1)
            let new = hub.call(from: PrivacyHub.number)
            hub.sandbox.enreach.alter(call: old) { $0.duration = 77 }
            try await hub.execute("DELETE FROM hub.watermark")
            try await hub.sync()
            #expect(try await hub.state(new) == "written")
            #expect(try await hub.state(old) == "withdrawn(erased_deleted)")
            #expect(
                try await hub.count(
                    "SELECT count(*) FROM hub.call WHERE call_id = '\(old.uuidString)' AND legs::text LIKE '%\(PrivacyHub.digits)%'"
                ) == 0)
        }
    }
}
