import Postgres
import ServiceLifecycle
import TestSupport
import Testing

@testable import Jobs

/// Workers whose connection is cut, or who are killed, in the middle of writing down what they did: nothing is lost and nothing is done twice.
@Suite(.database) struct LostAnswerTests {
    /// Twice in a row the answer to a commit is lost that had effects in it and claimed jobs: the results are written one by one then, and what
    /// was claimed without the worker's hearing of it must be found all the same.
    @Test func whatWasClaimedBesideResultsWhoseAnswerIsLostAgainIsFound() async throws {
        try await JobWorld.with { world in
            let commits = Guarded(0)
            let worker = world.worker(
                JobWorkerTests.Closure(concurrency: 4) { jobs in
                    // Places are free when the results are written down, so that there is a claim beside them.
                    if jobs[0].id % 2 == 0 { try await Task.sleep(for: .milliseconds(3)) }
                    return .allDone(effects: [JobWorld.write(jobs)])
                }
            ) { configuration in
                configuration.flushAfter = .zero
                configuration.fault = { step in
                    guard step == .committed else { return }
                    let count = commits.withLock { count in
                        count += 1
                        return count
                    }
                    // Two of three, for as long as there is something to break.
                    if count % 3 != 0, count < 60 { throw PostgresError(.connection, "cut by the test") }
                }
            }
            try await world.queue.enqueue((0..<200).map { _ in NewJob(kind: "a", tenant: 1) })
            try await JobWorkerTests.running([worker]) {
                try await eventually(within: .seconds(180), "all are done") { try await world.count("done") == 200 }
            }
            #expect(try await world.table.value("SELECT count(*) FROM effect", as: Int64.self) == 200)
        }
    }

    /// The same work with the connection cut, or the worker killed, at each numbered step: nothing is lost, nothing is written twice,
    /// the jobs of each key are in order.
    @Test(arguments: WorkStep.allCases, [false, true])
    func nothingIsLostOrDoneTwiceWhenBrokenAt(step: WorkStep, kill: Bool) async throws {
        try await JobWorld.with { world in
            let breaks = Guarded(0)
            let random = Guarded(SeededGenerator(seed: UInt64(step.rawValue * 2 + (kill ? 1 : 0) + 1)))
            let fault: @Sendable (WorkStep) async throws -> Void = { at in
                guard at == step else { return }
                let mustBreak = breaks.withLock { count in
                    // At the first pass in any case: there may be few.
                    guard count == 0 || count < 6 && random.withLock({ Int.random(in: 0..<3, using: &$0) }) == 0 else {
                        return false
                    }
                    count += 1
                    return true
                }
                guard mustBreak else { return }
                if kill { throw SimulatedKill() }
                throw PostgresError(.connection, "cut by the test")
            }
            let ids = try await world.queue.enqueue(
                (0..<300).map { NewJob(kind: "a", tenant: Int32($0 % 3), key: $0 % 2 == 0 ? "k\($0 % 20)" : nil) })
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<2 {
                    group.addTask {
                        // A killed worker starts again as another.
                        while !Task.isCancelled {
                            let worker = world.worker(
                                JobWorkerTests.Closure(batchSize: 4, concurrency: 3) { .allDone(effects: [JobWorld.write($0)]) }
                            ) {
                                $0.fault = fault
                                $0.lease = .milliseconds(1500)
                                $0.fence = .milliseconds(1000)
                            }
                            do { try await worker.run() } catch is SimulatedKill { continue } catch { return }
                        }
                    }
                }
                try await eventually(within: .seconds(180), "all are done") { (try? await world.count("done")) == 300 }
                group.cancelAll()
            }
            #expect(breaks.withLock { $0 } > 0)
            let written = try await world.table.run("SELECT job_id, key FROM effect ORDER BY place", []).map {
                try $0.decode(Int64.self, String?.self)
            }
            #expect(Set(written.map(\.0)) == Set(ids))
            #expect(written.count == ids.count)
            // Of one key (of one tenant) in the order of their ids, which is the order of enqueueing.
            let tenants = try await world.table.run("SELECT id, tenant_id FROM hub.job_done", []).map {
                try $0.decode(Int64.self, Int32.self)
            }
            let tenant = Dictionary(uniqueKeysWithValues: tenants)
            for (key, jobs) in Dictionary(grouping: written.filter { $0.1 != nil }, by: { "\(tenant[$0.0]!) \($0.1!)" }) {
                #expect(jobs.map(\.0) == jobs.map(\.0).sorted(), "order of key \(key)")
            }
            #expect(try await world.table.value("SELECT count(*) FROM hub.job_key", as: Int64.self) == 0)
        }
    }
}
