package import Foundation

/// A row of `hub.backfill` with the figures of its calls.
package struct BackfillRow: Sendable {
    package var tenant: String
    package var tenantID: Int32
    package var id: Int64
    package var from: Date
    package var to: Date
    package var readUntil: Date
    package var state: String
    package var seen: Int64
    package var fresh: Int64
    /// Of the calls it brought, those that still wait to be written.
    package var pending: Int64
    package var requestedBy: String
    package var requestedAt: Date
    /// Time spent working, stretches of pause left out.
    package var workedSeconds: Double
    package var errorText: String?

    /// Share of the asked time that was read, 0 to 1.
    package var progress: Double {
        let whole = to.timeIntervalSince(from)
        return whole > 0 ? min(1, max(0, readUntil.timeIntervalSince(from) / whole)) : 1
    }

    /// Calls read per second worked; nil before anything was measured.
    package var rate: Double? {
        workedSeconds > 1 && seen > 0 ? Double(seen) / workedSeconds : nil
    }

    /// Seconds until everything is read at the pace so far; nil when it does not run or nothing was read yet.
    package var secondsLeft: Double? {
        guard state == "running", progress > 0, workedSeconds > 1 else { return nil }
        return workedSeconds * (1 - progress) / progress
    }

    /// The state in words: reading, reading done while calls still wait, done.
    package var stateInWords: String {
        state == "read" ? (pending > 0 ? "read, writing" : "done") : state
    }
}
