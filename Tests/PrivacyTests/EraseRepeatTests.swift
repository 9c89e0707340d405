import Foundation
import Jobs
import Operations
import Postgres
import Privacy
import Sandbox
import Synchronization
import TestSupport
import Testing

@testable import TrunklineCommand

@Suite(.database, .timeLimit(.minutes(15))) struct EraseRepeatTests {
    private struct Killed: Error {}

    private static let why = "request of 3 March"

    private func run(_ hub: PrivacyHub, dyingAt place: Int? = nil) async throws -> ErasureReceipt {
        let database = hub.database
        let tenant = try await TenantStore(database: database).named("demo")
        let key = try #require(try PrivacyKeySource(PrivacyHub.key).keyring().current)
        let steps = Atomic(0)
        return try await ErasureRun(
            database: database, tenant: tenant, number: try ErasableNumber(reading: PrivacyHub.number, region: "FI"), key: key,
            who: "jane", why: Self.why, patience: .seconds(600)
        ) { _ in
            if steps.add(1, ordering: .relaxed).oldValue == place { throw Killed() }
        }.run()
    }

    private func fill(_ hub: PrivacyHub) async throws {
        for ago in [100.0, 200, 90_000] { hub.call(from: PrivacyHub.number, ago: ago) }
        hub.call(from: "050 123 4567", seconds: 0, answered: false, ago: 300)
        hub.request(PrivacyHub.number)
        try await hub.readDirectory()
        try await hub.sync()
        try await hub.execute(
            "INSERT INTO hub.operator_action (tenant_id, who, action, target) VALUES ($1, 'jane', 'matches.decide', $2)",
            [hub.tenant, PrivacyHub.number])
    }

    @Test func `an erasure that stops after any of its steps goes on, and its receipt counts everything once`() async throws {
        try await PrivacyHub.with { hub in
            try await fill(hub)
            var place = 0
            var receipt: ErasureReceipt?
            while receipt == nil, place < 50 {
                do { receipt = try await run(hub, dyingAt: place) } catch is Killed { place += 1 }
            }
            let done = try #require(receipt)
            #expect(place > 8)
            #expect(try await hub.count("SELECT count(*) FROM hub.erasure") == 1)
            #expect(done.rows["call"] == 4 && done.rows["callback"] == 1)
            #expect(done.dynamics == ["deleted": 4])
            #expect(try await NumberSearch.places(PrivacyHub.digits, in: hub.database) == [])
            #expect(try await hub.count("SELECT count(*) FROM hub.erasure_item") == 0)
            #expect(try await hub.isBalanced())
        }
    }

    @Test func `a command that is killed while phone calls wait is given again and finishes`() async throws {
        try await PrivacyHub.with(works: false) { hub in
            try await hub.working { try await fill(hub) }
            // Nobody works, so the phone calls wait.
            let first = try await hub.command("erase", "--number", PrivacyHub.number, "--why", Self.why, "--yes")
            // After other tests' transactions, which are on the same server.
            try await eventually(within: .seconds(600), "the phone calls are promised") {
                try await hub.count(
                    "SELECT count(*) FROM hub.jobs WHERE kind IN ('call.erase', 'callback.erase') AND state = 'ready'") >= 4
            }
            first.kill()
            #expect(try await first.outcome().output == "")
            #expect(try await hub.text("SELECT state FROM hub.erasure") == "running")
            try await hub.working {
                let second = try await hub.command("erase", "--number", PrivacyHub.number, "--why", Self.why, "--yes").outcome()
                #expect(second.status == 0, "\(second.errors)")
                let receipt = try JSONDecoder().decode(ErasureReceipt.self, from: Data(second.output.utf8))
                #expect(receipt.id == (try await hub.text("SELECT erasure_id::text FROM hub.erasure")))
                #expect(receipt.rows["call"] == 4 && receipt.dynamics == ["deleted": 4])
                // One job for each, however often it was asked for.
                #expect(try await hub.count("SELECT count(*) FROM hub.jobs WHERE kind IN ('call.erase', 'callback.erase')") == 4)
            }
            #expect(try await NumberSearch.places(PrivacyHub.digits, in: hub.database) == [])
        }
    }

    @Test func `without programs at work it says so, and stays under way`() async throws {
        try await PrivacyHub.with(works: false) { hub in
            try await hub.working { try await fill(hub) }
            func erase() async throws -> CommandProcess.Outcome {
                try await hub.command("erase", "--number", PrivacyHub.number, "--why", Self.why, "--yes", "--wait", "1").outcome()
            }
            var run = try await erase()
            // Another test's transaction, on the same server, may be open for a second, or for a minute.
            for _ in 0..<200 where run.errors.contains("a transaction has been open for long") { run = try await erase() }
            #expect(run.status == 1 && run.errors.contains("see that call-sync and callback-sync run"), "\(run.errors)")
            #expect(try await hub.text("SELECT state FROM hub.erasure") == "running")
        }
    }

    @Test(arguments: [FaultKind.slow, .cutAfter])
    func `a write that Dynamics has in hand when the number is erased leaves nothing behind`(fault: FaultKind) async throws {
        try await PrivacyHub.with(works: false) { hub in
            try await hub.working { try await hub.sync() }
            let call = hub.call(from: PrivacyHub.number)
            let request = hub.request(PrivacyHub.number)
            hub.sandbox.faults.add(Fault(fault, on: .dataverse, seconds: 1, times: 4))
            try await hub.working {
                _ = try await JobQueue(database: hub.database).enqueue([
                    NewJob(kind: "calls.poll", tenant: hub.tenant),
                    NewJob(kind: "callbacks.poll", tenant: hub.tenant, queue: "callback-sync"),
                ])
                try await eventually("both are being written") {
                    try await hub.count(
                        "SELECT count(*) FROM hub.jobs WHERE kind IN ('call.write', 'callback.write') AND attempts + 1 > 0") == 2
                }
                _ = try await run(hub)
                try await hub.quiet()
                #expect(hub.records(call).isEmpty && hub.records(request).isEmpty)
                #expect(!hub.sandbox.dataverse.phoneCalls().contains { "\($0)".filter(\.isNumber).contains(PrivacyHub.digits) })
                #expect(try await NumberSearch.places(PrivacyHub.digits, in: hub.database) == [])
                #expect(try await hub.isBalanced())
            }
        }
    }

    @Test func `a write that waits when the number is erased leaves nothing behind`() async throws {
        try await PrivacyHub.with(works: false) { hub in
            try await hub.working { try await hub.sync() }
            let call = hub.call(from: PrivacyHub.number)
            try await hub.execute("SELECT hub.job_hold('call.write', NULL, 'test')")
            try await hub.working {
                try await hub.run("calls.poll")
                #expect(try await hub.state(call) == "pending")
                async let erased = run(hub)
                try await eventually(within: .seconds(600), "the erasure waits for the call") {
                    try await hub.count("SELECT count(*) FROM hub.jobs WHERE kind = 'call.erase' AND state = 'waiting'") == 1
                }
                // Its write goes first, and finds the call erased.
                try await hub.execute("SELECT hub.job_resume('call.write', NULL)")
                _ = try await erased
                #expect(try await hub.state(call) == "skipped(erased)")
                #expect(hub.records(call).isEmpty)
            }
        }
    }
}
