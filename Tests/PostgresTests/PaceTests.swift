import Testing

@testable import Postgres

@Suite("Work that nobody waits for rests")
struct PaceTests {
    private func time(_ milliseconds: UInt64) -> MonotonicTime { MonotonicTime(nanoseconds: milliseconds * 1_000_000) }

    @Test func halfOfTheTimeIsWorkedAtMost() {
        var pace = Pace(share: 0.5, at: time(100))
        #expect(pace.rest(at: time(101)) == nil)
        // Waiting for the server is no work.
        pace.goOn(at: time(200))
        #expect(pace.rest(at: time(203)) == time(207))
        pace.goOn(at: time(207))
        #expect(pace.rest(at: time(208)) == nil)
    }

    @Test func aTenthOfTheTimeMeansNineTimesTheRest() {
        var pace = Pace(share: 0.1, at: time(0))
        let rest = pace.rest(at: time(10))
        #expect(rest.map { $0.milliseconds(since: time(10)) }.map { (90...91).contains($0) } == true)
    }

    @Test func allOfTheTimeNeedsNoRest() {
        var pace = Pace(share: 1, at: time(0))
        #expect(pace.rest(at: time(60_000)) == nil)
    }
}
