import Testing

@testable import Console

@Suite struct RateLimiterTests {
    @Test func `so many pass in a minute, each key by itself`() {
        let clock = TestClock()
        let limiter = RateLimiter<Int32>(perMinute: 3, clock: { clock.now })
        #expect([1, 1, 1].allSatisfy { limiter.admits($0) })
        #expect(!limiter.admits(1))
        #expect(limiter.admits(2))
        clock.advance(.seconds(61))
        #expect(limiter.admits(1))
    }
}
