import Foundation
import Testing

@testable import Operations

@Suite struct BackfillRowTests {
    private func row(
        state: String = "running", hours: Double, seen: Int64, worked: Double, sinceRead: Double = 0, pending: Int64 = 0
    ) -> BackfillRow {
        let from = Date(timeIntervalSince1970: 0)
        return BackfillRow(
            tenant: "demo", tenantID: 1, id: 1, from: from, to: from.addingTimeInterval(36_000),
            readUntil: from.addingTimeInterval(hours * 3600), state: state, seen: seen, fresh: seen, pending: pending,
            requestedBy: "jane", requestedAt: from, workedSeconds: worked, secondsSinceRead: sinceRead,
            errorText: nil)
    }

    @Test func `rate and end follow from the time worked`() {
        let row = row(hours: 4, seen: 800, worked: 400)
        #expect(row.progress == 0.4)
        #expect(row.rate == 2)
        #expect(row.secondsLeft?.rounded() == 600)
    }

    @Test func `writing that lags behind the reading moves the end`() {
        // 200 of 800 were written in 400 s: the others, and the 1,200 still to be read, take 3,600 s.
        #expect(row(hours: 4, seen: 800, worked: 400, pending: 600).secondsLeft?.rounded() == 3_600)
        // Nothing was written yet: the reading is all that is known.
        #expect(row(hours: 4, seen: 800, worked: 400, pending: 800).secondsLeft?.rounded() == 600)
    }

    @Test func `what was read has an end until it is written`() {
        #expect(row(state: "read", hours: 10, seen: 900, worked: 200, sinceRead: 100, pending: 300).secondsLeft == 150)
        #expect(row(state: "read", hours: 10, seen: 900, worked: 200, sinceRead: 100, pending: 900).secondsLeft == nil)
        #expect(row(state: "read", hours: 10, seen: 900, worked: 200, sinceRead: 100).secondsLeft == nil)
    }

    @Test func `of more that wait than were counted no end is told`() {
        #expect(row(hours: 4, seen: 900_000, worked: 400, pending: 99_999).secondsLeft != nil)
        #expect(row(hours: 4, seen: 900_000, worked: 400, pending: 100_000).secondsLeft == nil)
        #expect(row(state: "read", hours: 10, seen: 900_000, worked: 200, pending: 100_000).secondsLeft == nil)
    }

    @Test func `before anything was read there is no rate and no end`() {
        let row = row(hours: 0, seen: 0, worked: 0)
        #expect(row.rate == nil)
        #expect(row.secondsLeft == nil)
    }

    @Test func `a paused one has no end`() {
        #expect(row(state: "paused", hours: 4, seen: 800, worked: 400).secondsLeft == nil)
    }

    @Test func `what was read may still wait to be written`() {
        #expect(row(state: "read", hours: 10, seen: 9, worked: 9, pending: 3).stateInWords == "read, writing")
        #expect(row(state: "read", hours: 10, seen: 9, worked: 9).stateInWords == "done")
    }
}
