import FoundationEssentials
import Runtime
import ServiceLifecycle
import Synchronization

/// The lists of each tenant as last read: answered at once while they are fresh, read once for all who wait when they are not, and
/// answered although they are old while they can't be read.
///
/// Dataverse gives up after half a minute, so nobody waits that long: for a moment where an old answer could be given instead, else up to
/// a limit. The read goes on meanwhile, in the service's own task, and serves the next who asks.
final class CallbackListCache: Service {
    struct Answer: Sendable {
        var lists: [CallbackListSet.List]
        /// Since when they are known.
        var readAt: ContinuousClock.Instant
        /// They could not be read anew.
        var isStale = false
    }

    /// How long anybody waits for what.
    struct Patience: Sendable {
        /// Where an old answer is at hand.
        var withAnswer: Duration = .seconds(2)
        /// Where there is none; well under the 30 seconds after which Dataverse gives up.
        var without: Duration = .seconds(20)
        /// A read that takes longer is given up.
        var read: Duration = .seconds(60)
        /// Between a failed read and the next, doubled with each further failure.
        var pause: Duration = .seconds(2)
        var longestPause: Duration = .seconds(60)

        /// Nobody reads before so long after the failure of that number in a row.
        func pause(after failures: Int) -> Duration { min(longestPause, pause * (1 << min(max(failures - 1, 0), 20))) }
    }

    /// Nothing can be answered in time, and nothing is known that could be answered instead.
    enum Trouble: Error, CustomStringConvertible {
        case takesTooLong, stopping

        var description: String {
            switch self {
            case .takesTooLong: "Enreach has not answered in time"
            case .stopping: "the program stops"
            }
        }
    }

    typealias Read = @Sendable () async throws -> [CallbackListSet.List]

    fileprivate struct Entry {
        var answer: Answer?
        var isReading = false
        var failures = 0
        var failure: (any Error)?
        /// After a failure nobody asks again before this.
        var notBefore: ContinuousClock.Instant?
        var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
    }

    private struct State {
        var entries: [String: Entry] = [:]
        var next = 0
        /// Nobody reads any more.
        var hasStopped = false
    }

    private let fresh: Duration
    private let stale: Duration
    private let patience: Patience
    private let state = Mutex(State())
    private let (reads, order) = AsyncStream.makeStream(of: (tenant: String, read: Read).self)

    init(fresh: Duration, stale: Duration, patience: Patience = Patience()) {
        self.fresh = fresh
        self.stale = stale
        self.patience = patience
    }

    /// Reads what is asked for, until the program stops; what is under way then is given up.
    func run() async throws {
        await withDiscardingTaskGroup { group in
            for await (tenant, read) in reads.cancelOnGracefulShutdown() {
                group.addTask { await self.read(tenant, read) }
            }
            group.cancelAll()
        }
        order.finish()
        let waiting = state.withLock { state in
            let waiting = state.entries.values.flatMap(\.waiting.values)
            for tenant in state.entries.keys { state.entries[tenant]?.waiting = [:] }
            state.hasStopped = true
            return waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Waits for a read only as long as ``Patience`` says.
    ///
    /// - Throws: what kept them from being read, when none are known that are young enough.
    func lists(of tenant: String, read: @escaping Read) async throws -> Answer {
        let now = ContinuousClock.now
        let step = state.withLock { $0.entries[tenant, default: Entry()].step(now, fresh: fresh, stale: stale) }
        switch step {
        case .answer(let answer): return answer
        case .fail(let error): throw error
        case .begin(let before):
            if case .terminated = order.yield((tenant, read)) { return try settled(tenant, since: now, before, else: .stopping) }
            return try await wait(for: tenant, since: now, before)
        case .wait(let before): return try await wait(for: tenant, since: now, before)
        }
    }

    private func wait(for tenant: String, since asked: ContinuousClock.Instant, _ before: Answer?) async throws -> Answer {
        let limit = before == nil ? patience.without : patience.withAnswer
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.ended(tenant) }
            group.addTask { try? await Task.sleep(for: limit) }
            _ = await group.next()
            group.cancelAll()
        }
        try Task.checkCancellation()
        return try settled(tenant, since: asked, before, else: .takesTooLong)
    }

    /// The answer of the read that was waited for, or what can be said in its place.
    private func settled(
        _ tenant: String, since asked: ContinuousClock.Instant, _ before: Answer?, else trouble: Trouble
    ) throws -> Answer {
        let (answer, failure) = state.withLock { ($0.entries[tenant]?.answer, $0.entries[tenant]?.failure) }
        if let answer, answer.readAt >= asked { return answer }
        if let before { return before.old }
        throw failure ?? trouble
    }

    /// Returns when no read of the tenant is under way, or the task is cancelled.
    private func ended(_ tenant: String) async {
        let number = state.withLock { state in
            state.next += 1
            return state.next
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    guard !state.hasStopped, state.entries[tenant]?.isReading == true, !Task.isCancelled else { return true }
                    state.entries[tenant]?.waiting[number] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.entries[tenant]?.waiting.removeValue(forKey: number) }?.resume()
        }
    }

    /// Reads, within the time for it, and wakes who waits.
    private func read(_ tenant: String, _ read: @escaping Read) async {
        let limit = patience.read
        let result: Result<Answer, any Error>
        do {
            let lists = try await within(limit, late: Trouble.takesTooLong, read)
            result = .success(Answer(lists: lists, readAt: .now))
        } catch {
            result = .failure(error)
        }
        let waiting = state.withLock { state in
            let waiting = state.entries[tenant]?.waiting.values.map(\.self) ?? []
            state.entries[tenant, default: Entry()].end(result, patience)
            return waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}

extension CallbackListCache.Answer {
    fileprivate var old: Self {
        var answer = self
        answer.isStale = true
        return answer
    }
}

extension CallbackListCache.Entry {
    fileprivate enum Step {
        case answer(CallbackListCache.Answer)
        case fail(any Error)
        /// Somebody has to read; the answer is what can be given instead.
        case begin(CallbackListCache.Answer?)
        case wait(CallbackListCache.Answer?)
    }

    /// What becomes of who asks now.
    fileprivate mutating func step(_ now: ContinuousClock.Instant, fresh: Duration, stale: Duration) -> Step {
        if let answer, now - answer.readAt < fresh { return .answer(answer) }
        let usable = answer.flatMap { now - $0.readAt < stale ? $0 : nil }
        if isReading { return .wait(usable) }
        if let notBefore, now < notBefore {
            if let usable { return .answer(usable.old) }
            return .fail(failure ?? CallbackListCache.Trouble.takesTooLong)
        }
        isReading = true
        return .begin(usable)
    }

    fileprivate mutating func end(_ result: Result<CallbackListCache.Answer, any Error>, _ patience: CallbackListCache.Patience) {
        isReading = false
        waiting = [:]
        switch result {
        case .success(let read):
            (answer, failure, failures, notBefore) = (read, nil, 0, nil)
        case .failure(let error):
            failure = error
            failures += 1
            notBefore = .now + patience.pause(after: failures)
        }
    }
}
