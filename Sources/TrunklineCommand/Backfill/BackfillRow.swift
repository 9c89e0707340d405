import Foundation

/// A row of `hub.backfill` with the figures of its calls.
struct BackfillRow: Sendable {
    var tenant: String
    var tenantID: Int32
    var id: Int64
    var from: Date
    var to: Date
    var readUntil: Date
    var state: String
    var seen: Int64
    var fresh: Int64
    /// Of the calls it brought, those that still wait to be written.
    var pending: Int64
    var requestedBy: String
    var requestedAt: Date
    /// Time spent working, stretches of pause left out.
    var workedSeconds: Double
    var errorText: String?

    /// Share of the asked time that was read, 0 to 1.
    var progress: Double {
        let whole = to.timeIntervalSince(from)
        return whole > 0 ? min(1, max(0, readUntil.timeIntervalSince(from) / whole)) : 1
    }

    /// Calls read per second worked; nil before anything was measured.
    var rate: Double? {
        workedSeconds > 1 && seen > 0 ? Double(seen) / workedSeconds : nil
    }

    /// Seconds until everything is read at the pace so far; nil when it does not run or nothing was read yet.
    var secondsLeft: Double? {
        guard state == "running", progress > 0, workedSeconds > 1 else { return nil }
        return workedSeconds * (1 - progress) / progress
    }

    /// The state in words: reading, reading done while calls still wait, done.
    var stateInWords: String {
        state == "read" ? (pending > 0 ? "read, writing" : "done") : state
    }
}
