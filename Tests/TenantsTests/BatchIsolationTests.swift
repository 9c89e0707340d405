import Dynamics
import Jobs
import Synchronization
import Testing

@testable import Tenants

@Suite struct BatchIsolationTests {
    private struct Verdict: BatchVerdict {
        var lost: DynamicsFault?
        var wrote = false
    }

    /// A service that fails each request with one of the poisonous numbers in it.
    private final class Service: Sendable {
        let poison: Set<Int>
        let isDown: Bool
        let requests = Mutex<[[Int]]>([])

        init(poison: Set<Int> = [], isDown: Bool = false) {
            self.poison = poison
            self.isDown = isDown
        }

        func attempt(_ works: [Int]) -> [Verdict] {
            requests.withLock { $0.append(works) }
            let fails = isDown || works.contains(where: poison.contains)
            return works.map { _ in fails ? Verdict(lost: DynamicsFault(status: 502)) : Verdict(wrote: true) }
        }

        func run(_ works: [Int]) async throws -> BatchIsolation<Int, Verdict>.Result {
            try await BatchIsolation { self.attempt($0) }.run(works, isSuspect: { _ in true })
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

    @Test func `a write ends the outage`() {
        let witness = WriteWitness()
        let start = ContinuousClock.now
        #expect(witness.failed("demo", at: start) < .seconds(2))
        #expect(witness.failed("demo", at: start + .seconds(400)) >= .seconds(75))
        witness.wrote("demo")
        #expect(witness.failed("demo", at: start + .seconds(401)) < .seconds(2))
    }
}
