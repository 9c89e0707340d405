import Testing

@testable import Rehearsal

@Suite struct CompletionsTests {
    /// A call a second for a minute, and none from second 20 to second 31.
    private let outage = Completions((0...60).filter { !(21...30).contains($0) }.map(Double.init).shuffled())

    @Test(arguments: [
        (from: 20.5, to: 50.0, gap: 11.0),  // the failure came in the middle of the gap: it counts whole
        (from: 10.0, to: 50.0, gap: 11.0),
        (from: 10.0, to: 25.0, gap: 11.0),  // mended before a call went through: up to the first one
        (from: 32.0, to: 50.0, gap: 1.0),
        (from: 40.2, to: 40.8, gap: 1.0),
    ])
    func `the longest time without a completed call is found`(from: Double, to: Double, gap: Double) {
        #expect(outage.longestGap(from: from, to: to) == gap)
    }

    @Test func `when no call ever went through again the time lasts to the end`() {
        #expect(Completions([1, 2, 3]).longestGap(from: 2.5, to: 40) == 37)
        #expect(Completions([]).longestGap(from: 5, to: 40) == 35)
    }
}
