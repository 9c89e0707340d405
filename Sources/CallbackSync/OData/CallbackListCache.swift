import FoundationEssentials
import Synchronization

/// The lists of each tenant as last read: answered at once while they are fresh, read once for all who wait when they are not, and
/// answered although they are old while they can't be read.
final class CallbackListCache: Sendable {
    struct Answer: Sendable {
        var lists: [CallbackListSet.List]
        /// Since when they are known.
        var readAt: ContinuousClock.Instant
        /// They could not be read anew.
        var isStale = false
    }

    private struct Entry {
        var answer: Answer?
        var reading: Task<Answer, any Error>?
        /// After a failure nobody asks again before this.
        var notBefore: ContinuousClock.Instant?
    }

    private let fresh: Duration
    private let stale: Duration
    private let entries = Mutex<[String: Entry]>([:])

    static let pauseAfterFailure: Duration = .seconds(2)

    init(fresh: Duration, stale: Duration) {
        self.fresh = fresh
        self.stale = stale
    }

    /// - Throws: what kept them from being read, when none are known that are young enough.
    func lists(of tenant: String, read: @escaping @Sendable () async throws -> [CallbackListSet.List]) async throws -> Answer {
        let now = ContinuousClock.now
        let step = entries.withLock { entries -> Step in
            let entry = entries[tenant] ?? Entry()
            if let answer = entry.answer {
                if now - answer.readAt < fresh { return .answer(answer) }
                if let notBefore = entry.notBefore, now < notBefore, now - answer.readAt < stale {
                    return .answer(Self.old(answer))
                }
            }
            if let reading = entry.reading { return .wait(reading, entry.answer) }
            let reading = Task { Answer(lists: try await read(), readAt: .now) }
            entries[tenant, default: Entry()].reading = reading
            return .wait(reading, entry.answer)
        }
        switch step {
        case .answer(let answer): return answer
        case .wait(let reading, let before): return try await finish(reading, before, tenant)
        }
    }

    private enum Step {
        case answer(Answer)
        case wait(Task<Answer, any Error>, Answer?)
    }

    private func finish(_ reading: Task<Answer, any Error>, _ before: Answer?, _ tenant: String) async throws -> Answer {
        do {
            let answer = try await reading.value
            entries.withLock { $0[tenant] = Entry(answer: answer) }
            return answer
        } catch {
            entries.withLock { entries in
                guard entries[tenant]?.reading == reading else { return }
                entries[tenant]?.reading = nil
                entries[tenant]?.notBefore = .now + Self.pauseAfterFailure
            }
            guard let before, ContinuousClock.now - before.readAt < stale else { throw error }
            return Self.old(before)
        }
    }

    private static func old(_ answer: Answer) -> Answer {
        var answer = answer
        answer.isStale = true
        return answer
    }
}
