import Testing

@testable import Jobs

@Suite struct SlotsTests {
    private func slots(gather: Duration?) -> Slots {
        Slots(4, batchSizes: [3], concurrency: [4], gather: [gather], flushAt: 64, signal: Signal())
    }

    private func jobs(_ ids: ClosedRange<Int64>, tenant: Int32 = 1) -> [(job: Job, handler: Int)] {
        ids.map { (Job(id: $0, kind: "k", tenant: tenant, lane: .live, isSolo: false), 0) }
    }

    private func end(_ call: Slots.Call) -> (call: FinishedCall, of: Slots.Call) {
        (FinishedCall(call.jobs, results: .allDone(), milliseconds: 0), call)
    }

    @Test func aLoneJobWaitsForNothing() async throws {
        let slots = slots(gather: .seconds(3600))
        slots.add(jobs(1...1))
        #expect(await slots.next(after: nil)?.jobs.map(\.id) == [1])
        #expect(!slots.glance().isGathering)
    }

    @Test func jobsThatComeMeanwhileGoTogetherWhenTheCallBeforeThemEnds() async throws {
        let slots = slots(gather: .seconds(3600))
        slots.add(jobs(1...1))
        let first = try #require(await slots.next(after: nil))
        slots.add(jobs(2...2))
        slots.add(jobs(3...3))
        async let other = slots.next(after: nil)
        #expect(await slots.next(after: end(first))?.jobs.map(\.id) == [2, 3])
        slots.close()
        #expect(await other == nil)
    }

    @Test func aFullBatchBeginsAtOnce() async throws {
        let slots = slots(gather: .seconds(3600))
        slots.add(jobs(1...1))
        _ = await slots.next(after: nil)
        slots.add(jobs(2...5))
        #expect(await slots.next(after: nil)?.jobs.map(\.id) == [2, 3, 4])
        #expect(slots.glance().buffered == 1)
    }

    @Test func anotherTenantsJobsDoNotWait() async throws {
        let slots = slots(gather: .seconds(3600))
        slots.add(jobs(1...1))
        _ = await slots.next(after: nil)
        slots.add(jobs(2...2) + jobs(3...3, tenant: 2))
        #expect(await slots.next(after: nil)?.jobs.map(\.id) == [3])
    }

    @Test func noBatchWaitsLongerThanItMay() async throws {
        let slots = slots(gather: .zero)
        slots.add(jobs(1...1))
        _ = await slots.next(after: nil)
        slots.add(jobs(2...2))
        #expect(await slots.next(after: nil)?.jobs.map(\.id) == [2])
    }

    @Test func aBatchThatHasWaitedLongEnoughBeginsWhenTheDispatcherLooks() async throws {
        let slots = slots(gather: .milliseconds(20))
        slots.add(jobs(1...1))
        _ = await slots.next(after: nil)
        slots.add(jobs(2...2))
        let waiting = Task { await slots.next(after: nil)?.jobs.map(\.id) }
        while !slots.glance().isGathering { await Task.yield() }
        // What the dispatcher does at each of its steps.
        while slots.glance().isGathering {
            slots.add()
            await Task.yield()
        }
        #expect(await waiting.value == [2])
    }

    @Test func handlersThatDoNotGatherBeginAtOnce() async throws {
        let slots = slots(gather: nil)
        slots.add(jobs(1...1))
        _ = await slots.next(after: nil)
        slots.add(jobs(2...2))
        #expect(await slots.next(after: nil)?.jobs.map(\.id) == [2])
    }
}
