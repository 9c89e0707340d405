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
        let slots = slots(gather: .milliseconds(200))
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

    private func oneByOne(_ places: Int) -> Slots {
        Slots(64, batchSizes: [1], concurrency: [places], flushAt: 64, signal: Signal())
    }

    private func batch(_ ids: ClosedRange<Int64>, tenant: Int32, _ lane: Lane = .live) -> [(job: Job, handler: Int)] {
        ids.map { (Job(id: $0, kind: "k", tenant: tenant, lane: lane, isSolo: false), 0) }
    }

    @Test func aTenantWhoseCallsFillAllPlacesHoldsUpNoOther() async throws {
        let slots = oneByOne(16)
        slots.add(batch(1...100, tenant: 1))
        var calls: [Slots.Call] = []
        for _ in 0..<16 { try calls.append(#require(await slots.next(after: nil))) }
        #expect(calls.allSatisfy { $0.jobs[0].tenant == 1 })
        // Two of sixteen, for whoever has fewer; as many again as there are places for all of them together.
        slots.add(batch(201...210, tenant: 2) + batch(301...310, tenant: 3))
        var others: [Int32] = []
        for _ in 0..<4 { others.append(try #require(await slots.next(after: nil)).jobs[0].tenant) }
        #expect(others.sorted() == [2, 2, 3, 3])
        let glance = slots.glance()
        #expect(glance.waiting.values.sorted() == [8, 8, 84] && glance.spare == 12)
        let waiting = Task { await slots.next(after: nil)?.jobs[0].tenant }
        slots.add(batch(401...410, tenant: 4))
        #expect(await waiting.value == 4)
        slots.close()
    }

    @Test func whatIsMoreUrgentFindsAPlaceBesideABackfill() async throws {
        let slots = oneByOne(8)
        slots.add(batch(1...50, tenant: 1, .backfill))
        for _ in 0..<8 { _ = await slots.next(after: nil) }
        #expect(slots.glance().shut == [ClaimLines.Line(lane: Lane.backfill.rawValue, tenant: 1)])
        slots.add(batch(101...110, tenant: 1, .live))
        #expect(await slots.next(after: nil)?.jobs.map(\.id) == [101])
        let glance = slots.glance()
        #expect(glance.waiting.values.sorted() == [9, 42])
        slots.close()
    }

    @Test func nothingIsClaimedInAdvanceForATenantThatHasAllPlaces() async throws {
        let slots = oneByOne(8)
        slots.add(batch(1...8, tenant: 1, .late))
        for _ in 0..<8 { _ = await slots.next(after: nil) }
        let glance = slots.glance()
        #expect(glance.waiting.isEmpty && glance.room == 0 && glance.spare == 8)
        #expect(glance.shut == Set([Lane.late, .backfill].map { ClaimLines.Line(lane: $0.rawValue, tenant: 1) }))
        slots.close()
    }

    @Test func onePlaceStaysOne() async throws {
        let slots = oneByOne(1)
        slots.add(batch(1...1, tenant: 1, .backfill) + batch(2...2, tenant: 2))
        let first = try #require(await slots.next(after: nil))
        #expect(first.jobs[0].tenant == 2)
        #expect(slots.glance().waiting.values.sorted() == [1] && slots.glance().spare == 0)
        #expect(await slots.next(after: end(first))?.jobs[0].tenant == 1)
        slots.close()
    }

    @Test func linesThatCanNotBeginAreFullAtAShareOfWhatIsHeld() async throws {
        let slots = oneByOne(2)
        slots.add(batch(1...102, tenant: 1))
        for _ in 0..<2 { _ = await slots.next(after: nil) }
        #expect(slots.glance(most: 1000).full.isEmpty)
        #expect(slots.glance(most: 200).full == [ClaimLines.Line(lane: 0, tenant: 1)])
        slots.add(batch(201...240, tenant: 2))
        _ = await slots.next(after: nil)
        // 100 and 39 wait; two lines share with what can begin.
        #expect(slots.glance(most: 200).full == [ClaimLines.Line(lane: 0, tenant: 1)])
        #expect(slots.glance(most: 90).full.count == 2)
        slots.close()
    }

    @Test func handlersThatDoNotGatherBeginAtOnce() async throws {
        let slots = slots(gather: nil)
        slots.add(jobs(1...1))
        _ = await slots.next(after: nil)
        slots.add(jobs(2...2))
        #expect(await slots.next(after: nil)?.jobs.map(\.id) == [2])
    }
}
