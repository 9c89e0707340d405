import Foundation
import Testing

@testable import Operations

@Suite struct BackfillRowTests {
    private func row(state: String = "running", hours: Double, seen: Int64, worked: Double, pending: Int64 = 0) -> BackfillRow {
        let from = Date(timeIntervalSince1970: 0)
        return BackfillRow(
            tenant: "demo", tenantID: 1, id: 1, from: from, to: from.addingTimeInterval(36_000),
            readUntil: from.addingTimeInterval(hours * 3600), state: state, seen: seen, fresh: seen, pending: pending,
            requestedBy: "jane", requestedAt: from, workedSeconds: worked, errorText: nil)
    }

    @Test func `rate and end follow from the time worked`() {
        let row = row(hours: 4, seen: 800, worked: 400)
        #expect(row.progress == 0.4)
        #expect(row.rate == 2)
        #expect(row.secondsLeft == 600)
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
