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
    /// Time since everything was read; 0 before.
    package var secondsSinceRead: Double
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

    /// Calls per second that stopped waiting: written, adopted, skipped. Nil before anything was measured.
    private var settledPerSecond: Double? {
        let (settled, seconds) = (fresh - pending, workedSeconds + secondsSinceRead)
        return settled > 0 && seconds > 1 ? Double(settled) / seconds : nil
    }

    /// The most that are counted of those that wait.
    package static let mostPending: Int64 = 100_000

    /// Whether more wait than were counted: then nothing is reckoned with their number.
    package var isPendingCut: Bool { pending >= Self.mostPending }

    /// Whether calls are read or written at present.
    package var isAtWork: Bool { state == "running" || state == "read" && pending > 0 }

    /// Seconds until everything is read and written, at the pace so far; nil when it is not at work or has no pace yet.
    package var secondsLeft: Double? {
        guard isAtWork, !isPendingCut else { return nil }
        if state == "read" { return settledPerSecond.map { Double(pending) / $0 } }
        guard progress > 0, workedSeconds > 1 else { return nil }
        let unread = (1 - progress) / progress
        // Reading goes on beside the writing, and what is still to be read brings new calls.
        let unwritten = Double(pending) + Double(fresh) * unread
        return max(workedSeconds * unread, settledPerSecond.map { unwritten / $0 } ?? 0)
    }

    /// The state in words: reading, reading done while calls still wait, done.
    package var stateInWords: String {
        state == "read" ? (pending > 0 ? "read, writing" : "done") : state
    }
}
