import Testing

@testable import Jobs

@Suite struct ClaimLinesTests {
    private func lines(_ found: [(Int16, Int32, Int64)]) -> ClaimLines {
        var lines = ClaimLines()
        lines.found(found.map { (lane: $0.0, tenant: $0.1, first: $0.2) })
        return lines
    }

    @Test func smallerLanesComeFirstAndTenantsShareThem() {
        var lines = lines([(1, 7, 50), (0, 3, 10), (0, 2, 20)])
        let plan = lines.plan(100)
        #expect(plan.lanes == [0, 0, 1])
        #expect(plan.tenants == [2, 3, 7])
        #expect(plan.lows == [19, 9, 49])
        #expect(plan.limits == [50, 50, 100])
        #expect(plan.most == 100)
    }

    @Test func aLineThatGaveLessThanItsShareIsLeftUntilTheNextLook() {
        var lines = lines([(0, 1, 1), (0, 2, 1)])
        let plan = lines.plan(100)
        lines.claimed(plan, [.init(lane: 0, tenant: 1): (50, 77), .init(lane: 0, tenant: 2): (3, 5)])
        let next = lines.plan(100)
        #expect(next.tenants == [1])
        #expect(next.lows == [77])
        #expect(next.limits == [100])
    }

    @Test func aLineIsThoroughUntilItWasClaimedFromAndAgainAfterTheNextLook() {
        var lines = lines([(0, 1, 1), (1, 1, 1)])
        let plan = lines.plan(20)
        #expect(plan.thorough == [true, true])
        lines.claimed(plan, [.init(lane: 0, tenant: 1): (20, 30)])
        #expect(lines.plan(20).thorough == [false, true])
        lines.found([(lane: 0, tenant: 1, first: 31)])
        #expect(lines.plan(20).thorough == [true])
    }

    @Test func aClaimThatWasFilledSaysNothingAboutTheLinesBehind() {
        var lines = lines([(0, 1, 1), (1, 1, 1)])
        let plan = lines.plan(20)
        lines.claimed(plan, [.init(lane: 0, tenant: 1): (20, 30)])
        #expect(lines.plan(20).lanes == [0, 1])
    }

    @Test func tenantsTakeTurnsWhenThereAreMoreThanFit() {
        var lines = lines((1...10).map { (0, Int32($0), 1) })
        var served: [Int32: Int] = [:]
        for _ in 0..<20 {
            let plan = lines.plan(32)
            // The first two lines fill the claim.
            let got = zip(plan.tenants, plan.limits).prefix(2).map { (tenant: $0, jobs: Int($1)) }
            lines.claimed(plan, Dictionary(uniqueKeysWithValues: got.map { (.init(lane: 0, tenant: $0.tenant), ($0.jobs, 9)) }))
            for line in got { served[line.tenant, default: 0] += line.jobs }
        }
        #expect(served.count == 10)
        #expect(Set(served.values).count == 1)
    }

    @Test func oneClaimInSixteenBeginsWithAnotherLane() {
        var lines = lines([(0, 1, 1), (3, 1, 1)])
        let firsts = (0..<64).map { _ in lines.plan(10).lanes[0] }
        #expect(firsts.filter { $0 == 3 }.count == 2)
    }

    @Test func neverMoreLinesThanTheWindow() {
        var lines = lines((1...500).map { (0, Int32($0), 1) })
        #expect(lines.plan(10_000).lanes.count == ClaimLines.window)
    }
}
