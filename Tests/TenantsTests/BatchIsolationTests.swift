import Dynamics
import Jobs
import Logging
import Runtime
import Synchronization
import Testing

@testable import Tenants

@Suite struct BatchIsolationTests {
    private struct Verdict: BatchVerdict {
        var lost: DynamicsFault?
        var wrote = false
        var answered: Bool { wrote }
    }

    /// A service that fails each request with one of the poisonous numbers in it.
    private final class Service: Sendable {
        let poison: Set<Int>
        let isDown: Bool
        /// How long it takes to fail.
        let patience: Duration
        let requests = Mutex<[[Int]]>([])
        let spent = Mutex(Duration.zero)
        private let start = ContinuousClock.now

        init(poison: Set<Int> = [], isDown: Bool = false, patience: Duration = .zero) {
            self.poison = poison
            self.isDown = isDown
            self.patience = patience
        }

        func attempt(_ works: [Int]) -> [Verdict] {
            requests.withLock { $0.append(works) }
            let fails = isDown || works.contains(where: poison.contains)
            if fails { spent.withLock { $0 += patience } }
            return works.map { _ in fails ? Verdict(lost: DynamicsFault(status: 502)) : Verdict(wrote: true) }
        }

        func run(_ works: [Int]) async throws -> BatchIsolation<Int, Verdict>.Result {
            try await BatchIsolation(now: { self.start + self.spent.withLock { $0 } }) { self.attempt($0) }
                .run(works, isSuspect: { _ in true })
        }
    }

    @Test("Whichever it is of a batch, one record that makes requests fail is found, and all others get through")
    func onePoison() async throws {
        for poison in 0..<150 {
            let service = Service(poison: [poison])
            let result = try await service.run(Array(0..<150))
            let lost = result.verdicts.indices.filter { result.verdicts[$0].lost != nil }
            #expect(result.alone == [poison])
            #expect(service.requests.withLock(\.count) <= 25)
            // Where the one that was tried first was it, all others wait for their next attempt.
            #expect(service.requests.withLock(\.count) == 2 ? lost.count == 150 : lost == [poison])
        }
    }

    @Test func `two are found as well`() async throws {
        let result = try await Service(poison: [7, 41]).run(Array(0..<60))
        // Unless the one that was tried first was one of them.
        #expect(result.alone == [7, 41] || result.alone.count == 1)
    }

    @Test("A record whose requests hang keeps its batch for few of them", arguments: [1, 2])
    func hanging(records: Int) async throws {
        for poison in 0..<(150 - 50 * (records - 1)) {
            // The second is in the same half or in the other.
            let service = Service(poison: Set([poison, poison + 50].prefix(records)), patience: .seconds(130))
            let result = try await service.run(Array(0..<150))
            let lost = result.verdicts.indices.filter { result.verdicts[$0].lost != nil }
            #expect(service.spent.withLock { $0 } <= Duration.seconds(130) * (records + 1))
            if records == 1, result.alone.isEmpty {
                // The half without it is through, whichever came first.
                #expect(lost.contains(poison) && (74...75).contains(lost.count), "\(lost.count)")
            }
        }
    }

    @Test func `a batch is taken apart as far as it takes when its requests fail within seconds`() async throws {
        let result = try await Service(poison: [41], patience: .seconds(4)).run(Array(0..<150))
        #expect(result.alone == [41])
    }

    @Test func `of a service that is down no more than one more request is made`() async throws {
        let service = Service(isDown: true)
        let result = try await service.run(Array(0..<150))
        #expect(service.requests.withLock(\.count) == 2)
        #expect(result.verdicts.allSatisfy { $0.lost != nil })
        #expect(result.alone.count == 1)
    }

    @Test func `a batch of one is not repeated`() async throws {
        let service = Service(isDown: true)
        #expect(try await service.run([1]).alone == [0])
        #expect(service.requests.withLock(\.count) == 1)
    }

    @Test func `a batch that went well is not repeated`() async throws {
        let service = Service()
        #expect(try await service.run(Array(0..<10)).wrote)
        #expect(service.requests.withLock(\.count) == 1)
    }
}

@Suite struct WriteWitnessTests {
    private let job = Job(id: 7, kind: "call.write", tenant: 1)

    @Test func `a job is blamed only for what fails after others were written since it failed before`() {
        let witness = WriteWitness()
        #expect(!witness.blames(job, of: "demo"))
        #expect(!witness.blames(job, of: "demo"))
        witness.wrote("other")
        #expect(!witness.blames(job, of: "demo"))
        witness.wrote("demo")
        #expect(witness.blames(job, of: "demo"))
        #expect(!witness.blames(job, of: "demo"))
    }

    @Test(
        "The longer an outage lasts, the longer jobs rest",
        arguments: [(0.0, 1.0), (3, 1), (60, 15), (480, 120), (36_000, 120)])
    func rest(outage: Double, rest: Double) {
        #expect(WriteWitness.rest(after: .seconds(outage)) == .seconds(rest))
    }

    /// An outage of 400 s, with a failure every 20 s.
    private func outage(_ witness: WriteWitness, from start: ContinuousClock.Instant) {
        #expect(witness.failed("demo", at: start) < .seconds(2))
        for seconds in stride(from: 20, to: 400, by: 20) { _ = witness.failed("demo", at: start + .seconds(seconds)) }
        #expect(witness.failed("demo", at: start + .seconds(400)) >= .seconds(75))
    }

    @Test("Once Dynamics has written or answered, an outage is over", arguments: [true, false])
    func end(wrote: Bool) {
        let witness = WriteWitness()
        let start = ContinuousClock.now
        outage(witness, from: start)
        if wrote { witness.wrote("demo") } else { witness.answered("demo") }
        #expect(witness.failed("demo", at: start + .seconds(401)) < .seconds(2))
    }

    @Test func `an answer is no write that a job could be blamed by`() {
        let witness = WriteWitness()
        #expect(!witness.blames(job, of: "demo"))
        witness.answered("demo")
        #expect(!witness.blames(job, of: "demo"))
    }

    @Test func `a failure long after the last is of another outage`() {
        let witness = WriteWitness()
        let start = ContinuousClock.now
        #expect(witness.failed("demo", at: start) < .seconds(2))
        #expect(witness.failed("demo", at: start + .seconds(8 * 3600)) < .seconds(2))
        outage(witness, from: start + .seconds(9 * 3600))
        let end = start + .seconds(9 * 3600 + 400)
        // After the longest rest the next failure is still of the same.
        #expect(witness.failed("demo", at: end + .seconds(150)) >= .seconds(90))
        #expect(witness.failed("demo", at: end + .seconds(1000)) < .seconds(2))
    }

    @Test func `an attempt that waited minutes for its answer has not rested so long`() {
        let witness = WriteWitness()
        let start = ContinuousClock.now
        _ = witness.failed("demo", at: start)
        let rest = witness.failed("demo", began: start + .seconds(2), at: start + .seconds(262))
        #expect(rest >= .seconds(48))
    }
}

@Suite struct IsolatingTests {
    private struct Verdict: BatchVerdict {
        var lost: DynamicsFault?
        var wrote = false
        var answered = false
    }

    private func attempt(_ health: TenantHealth, _ verdicts: [Verdict]) async throws {
        _ = try await health.isolating(
            "demo", Array(verdicts.indices), job: { Job(id: Int64($0), kind: "call.write", tenant: 1) },
            isSuspect: { _ in false },
            failed: { _, fault, _ in Verdict(lost: fault) }, attempt: { works in works.map { verdicts[$0] } })
    }

    /// How long jobs would rest after another failure, when requests failed for ten minutes and then this came.
    private func rest(after verdicts: [Verdict]) async throws -> Duration {
        let health = TenantHealth(readiness: Readiness(), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let now = ContinuousClock.now
        for ago in stride(from: 600, through: 0, by: -20) { _ = health.witness.failed("demo", at: now - .seconds(ago)) }
        try await attempt(health, verdicts)
        return health.witness.failed("demo")
    }

    @Test func `after a lost answer a record that stands unchanged ends the outage`() async throws {
        #expect(try await rest(after: [Verdict(), Verdict(answered: true)]) < .seconds(2))
        #expect(try await rest(after: [Verdict(wrote: true)]) < .seconds(2))
    }

    @Test func `what needed no answer does not end it, nor one beside requests that failed`() async throws {
        let lost = Verdict(lost: DynamicsFault(status: 503))
        for verdicts in [[Verdict()], [lost], [lost, Verdict(answered: true)]] {
            #expect(try await rest(after: verdicts) >= .seconds(90))
        }
    }
}
