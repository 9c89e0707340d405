import Foundation
import Testing

@testable import Enreach

@Suite("When to try again")
struct RetryPolicyTests {
    let policy = RetryPolicy(attempts: 5, base: .seconds(1), cap: .seconds(10), longestRetryAfter: .seconds(60))

    @Test(
        "Waits double up to the cap, at least half of the step",
        arguments: [(1, 0.0, 500), (1, 1.0, 1000), (2, 0.5, 1500), (3, 0.0, 2000), (4, 1.0, 8000)])
    func steps(attempt: Int, random: Double, milliseconds: Int) {
        #expect(policy.wait(after: attempt, retryAfter: nil, random: random) == .milliseconds(milliseconds))
    }

    @Test("The last attempt is the last")
    func last() { #expect(policy.wait(after: 5, retryAfter: nil, random: 0) == nil) }

    @Test("Retry-After is obeyed while it is short")
    func retryAfter() {
        #expect(policy.wait(after: 1, retryAfter: .seconds(30), random: 0) == .seconds(30))
        #expect(policy.wait(after: 1, retryAfter: .seconds(61), random: 0) == nil)
    }

    @Test(
        "The header is seconds or a date",
        arguments: [
            ("5", 5.0), (" 0 ", 0), ("0.5", 0.5), ("Sun, 06 Nov 1994 08:49:37 GMT", 37), ("Sun, 06 Nov 1994 08:48:00 GMT", 0),
            ("86400", 3600), ("Sun, 06 Nov 9994 08:48:00 GMT", 3600),
        ])
    func header(text: String, seconds: Double) {
        #expect(RetryAfter.parse(text, now: Date(timeIntervalSince1970: 784_111_740)) == .seconds(seconds))
    }

    @Test("Nonsense in the header is nothing", arguments: ["", "soon", "-1", "1e99", "nan", "Sun, 06 Foo 1994 08:49:37 GMT"])
    func nonsense(text: String) { #expect(RetryAfter.parse(text, now: Date()) == nil) }
}

@Suite("Windows of time")
struct TimeWindowTests {
    @Test("Fractions are rounded outwards")
    func rounded() {
        let window = TimeWindow(from: Date(timeIntervalSince1970: 10.7), to: Date(timeIntervalSince1970: 20.2))
        #expect(window.from.timeIntervalSince1970 == 10 && window.to.timeIntervalSince1970 == 21)
    }

    @Test(
        "Slices are never wider than the limit and leave no gap", arguments: [0, 1, 100, 31 * 86400, 31 * 86400 + 1, 400 * 86400])
    func slices(width: Int) {
        let window = TimeWindow(from: Date(timeIntervalSince1970: 0), to: Date(timeIntervalSince1970: Double(width)))
        let slices = window.slices(widest: .seconds(31 * 86400))
        #expect(slices.first?.from == window.from && slices.last?.to == window.to)
        for slice in slices { #expect(slice.to.timeIntervalSince(slice.from) <= 31 * 86400) }
        for (one, next) in zip(slices, slices.dropFirst()) { #expect(one.to == next.from) }
        #expect(slices.count == max(1, (width + 31 * 86400 - 1) / (31 * 86400)))
    }

    @Test("A window that ends before it begins asks nothing")
    func backwards() {
        #expect(
            TimeWindow(from: Date(timeIntervalSince1970: 5), to: Date(timeIntervalSince1970: 1)).slices(widest: .seconds(60))
                .isEmpty)
    }
}
