internal import Postgres

/// Remembers what of a worker the database refuses at the moment, and tells when that changes.
final class TroubleBoard: Sendable {
    private struct Entry {
        let error: PostgresError
        var at: ContinuousClock.Instant
    }

    /// Another instance may do the work that failed here, so silence counts as recovery after a while.
    private static let memory: Duration = .seconds(60)

    private let report: (@Sendable (PostgresError?) -> Void)?
    private let entries = Guarded<[String: Entry]>([:])

    init(_ report: (@Sendable (PostgresError?) -> Void)?) { self.report = report }

    /// A part of the worker (the queue, or a kind of job) failed; anything but the server's trouble is passed over.
    func failed(_ part: String, _ error: any Error) {
        guard let report, let error = error as? PostgresError, error.isServerTrouble else { return }
        // Told under the lock, so that what is told last is what holds.
        entries.withLock {
            $0[part] = Entry(error: error, at: .now)
            report(error)
        }
    }

    /// A part went well.
    func went(_ part: String) {
        guard let report else { return }
        entries.withLock { entries in
            guard !entries.isEmpty else { return }
            let old = ContinuousClock.now - Self.memory
            entries = entries.filter { $0.key != part && $0.value.at > old }
            report(entries.values.max { $0.at < $1.at }?.error)
        }
    }
}
