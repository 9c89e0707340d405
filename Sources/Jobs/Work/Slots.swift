internal import Postgres

/// Where claimed jobs wait for a free slot, and finished calls for being written down. The slots and the dispatcher meet here.
final class Slots: Sendable {
    /// A handler's call to make.
    struct Call: Sendable {
        let group: JobBuffer.Group
        let jobs: [Job]
        var handler: Int { group.handler }
    }

    private struct State {
        var buffer: JobBuffer
        var running: Running
        var runningJobs = 0
        /// Of handlers that gather: calls that run, and until when a batch that is not full waits for them.
        var underway: [JobBuffer.Group: Int] = [:]
        var gathering: [JobBuffer.Group: ContinuousClock.Instant] = [:]
        var finished: [FinishedCall] = []
        var finishedJobs = 0
        var firstFinished: ContinuousClock.Instant?
        /// Order number of each job that this worker believes to hold.
        var held: [Int64: Int64] = [:]
        var idle: [CheckedContinuation<Call?, Never>] = []
        var starved = false
        var isClosed = false

        mutating func nextCall(_ limits: Limits) -> Call? {
            var gathering = self.gathering
            let batch = buffer.next(batchSizes: limits.batchSizes) { group, jobs in
                guard running.hasPlace(group, limits) else { return false }
                guard let patience = limits.gather[group.handler], jobs < limits.batchSizes[group.handler],
                    underway[group] != nil
                else { return true }
                let now = ContinuousClock.now
                let until = gathering[group] ?? now + patience
                gathering[group] = until
                return now >= until
            }
            self.gathering = gathering
            guard let batch else { return nil }
            running.began(batch.group)
            runningJobs += batch.jobs.count
            if limits.gather[batch.group.handler] != nil {
                underway[batch.group, default: 0] += 1
                self.gathering[batch.group] = nil
            }
            return Call(group: batch.group, jobs: batch.jobs)
        }

        /// Jobs of each line that can't begin.
        func waiting(_ limits: Limits) -> [ClaimLines.Line: Int] {
            guard running.calls.indices.contains(where: { running.calls[$0] >= limits.concurrency[$0] && buffer.counts[$0] > 0 })
            else { return [:] }
            var waiting: [ClaimLines.Line: Int] = [:]
            buffer.forEach { group, jobs in
                guard !running.hasPlace(group, limits) else { return }
                waiting[ClaimLines.Line(lane: group.lane.rawValue, tenant: group.tenant), default: 0] += jobs
            }
            return waiting
        }

        /// Lines of which no more could begin beyond the places of handlers that have none left.
        func shut(_ limits: Limits, _ waiting: [ClaimLines.Line: Int]) -> Set<ClaimLines.Line> {
            running.withoutPlace(limits).union(waiting.keys)
        }

        mutating func ended(_ call: Call) {
            running.ended(call.group)
            runningJobs -= call.jobs.count
            guard let others = underway[call.group] else { return }
            underway[call.group] = others > 1 ? others - 1 : nil
        }
    }

    private struct Limits: Sendable {
        let batchSizes: [Int]
        let concurrency: [Int]
        let gather: [Duration?]

        func ceiling(_ handler: Int) -> Int { Slots.most(concurrency[handler]) }
    }

    /// Calls under way.
    private struct Running {
        struct Share: Hashable {
            let handler: Int
            let tenant: Int32
        }

        /// Of each handler.
        private(set) var calls: [Int]
        /// Of each handler for each tenant that has any, by lane.
        private var lanes: [Share: [Int]] = [:]
        private static let nothing = Lane.allCases.map { _ in 0 }

        init(handlers: Int) { calls = Array(repeating: 0, count: handlers) }

        mutating func began(_ group: JobBuffer.Group) {
            calls[group.handler] += 1
            lanes[Share(handler: group.handler, tenant: group.tenant), default: Self.nothing][Int(group.lane.rawValue)] += 1
        }

        mutating func ended(_ group: JobBuffer.Group) {
            calls[group.handler] -= 1
            let share = Share(handler: group.handler, tenant: group.tenant)
            lanes[share]?[Int(group.lane.rawValue)] -= 1
            if lanes[share] == Self.nothing { lanes[share] = nil }
        }

        /// Whether one more call may run: while the handler has places, and beyond them for a tenant, or a lane of its, that has few at least as
        /// urgent under way. So calls that wait long, for a vendor's limit or an answer that does not come, hold up no other tenant's, nor a
        /// live one behind a backfill.
        func hasPlace(_ group: JobBuffer.Group, _ limits: Limits) -> Bool {
            let places = limits.concurrency[group.handler]
            let running = calls[group.handler]
            guard running >= places else { return true }
            guard running < limits.ceiling(group.handler) else { return false }
            let own = lanes[Share(handler: group.handler, tenant: group.tenant)]?[...Int(group.lane.rawValue)].reduce(0, +) ?? 0
            return own < max(1, places / 8)
        }

        /// Lines that have calls under way and no place for one more.
        func withoutPlace(_ limits: Limits) -> Set<ClaimLines.Line> {
            var lines: Set<ClaimLines.Line> = []
            for share in lanes.keys where calls[share.handler] >= limits.concurrency[share.handler] {
                for lane in Lane.allCases
                where !hasPlace(JobBuffer.Group(handler: share.handler, lane: lane, tenant: share.tenant), limits) {
                    lines.insert(ClaimLines.Line(lane: lane.rawValue, tenant: share.tenant))
                }
            }
            return lines
        }
    }

    /// Most calls of a handler at once with so many places, those beyond them included. One place stays one.
    static func most(_ places: Int) -> Int { places > 1 ? places * 2 : places }

    /// What the dispatcher decides by.
    struct Glance {
        var finishedJobs: Int
        var firstFinished: ContinuousClock.Instant?
        /// Jobs in the buffer whose handler may take them now, and all.
        var startable: Int
        var buffered: Int
        /// Jobs that are held and can't begin, by line; and the lines with so many that no more should be claimed.
        var waiting: [ClaimLines.Line: Int] = [:]
        var full: Set<ClaimLines.Line> = []
        /// Jobs that could begin beyond the places of handlers that have none left, and the lines of which none could.
        var spare = 0
        var shut: Set<ClaimLines.Line> = []
        /// Jobs that free slots could begin at once.
        var room: Int
        var runningJobs: Int
        /// A slot found nothing to do since the last look.
        var starved: Bool
        /// A batch waits for more jobs, or for a call before it to end.
        var isGathering: Bool
    }

    /// Of a line whose jobs can't begin so many are held at least, however many such lines there are.
    private static let leastHeld = 32

    let count: Int
    private let limits: Limits
    private let state: Guarded<State>
    private let signal: Signal
    private let flushAt: Int

    init(
        _ count: Int, batchSizes: [Int], concurrency: [Int], gather: [Duration?]? = nil, flushAt: Int, signal: Signal
    ) {
        self.count = count
        self.signal = signal
        self.flushAt = flushAt
        limits = Limits(
            batchSizes: batchSizes, concurrency: concurrency, gather: gather ?? Array(repeating: nil, count: batchSizes.count))
        state = Guarded(
            State(buffer: JobBuffer(handlers: batchSizes.count), running: Running(handlers: batchSizes.count)))
    }

    // Slots ----------------------------------------------------------------------------------------------------------

    /// Hands in a call that is over, if there is one, and takes the next; waits for it. Nil: there will be no more.
    func next(after done: (call: FinishedCall, of: Call)?) async -> Call? {
        enum Turn {
            case call(Call)
            case wait
            case close
        }
        var mustTell = false
        let turn: Turn = state.withLock { state in
            if let done {
                state.ended(done.of)
                let before = state.finishedJobs
                if state.finished.isEmpty { state.firstFinished = .now }
                state.finished.append(done.call)
                state.finishedJobs += done.call.jobs.count
                mustTell = before == 0 || (before < flushAt && state.finishedJobs >= flushAt)
            }
            if state.isClosed { return .close }
            if let call = state.nextCall(limits) { return .call(call) }
            mustTell = mustTell || done != nil
            state.starved = true
            return .wait
        }
        if mustTell { signal.ring() }
        switch turn {
        case .call(let call): return call
        case .close: return nil
        case .wait: return await wait()
        }
    }

    private func wait() async -> Call? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let call: Call?? = state.withLock { state in
                    if state.isClosed { return .some(nil) }
                    if let call = state.nextCall(limits) { return call }
                    state.idle.append(continuation)
                    return nil
                }
                if let call { continuation.resume(returning: call) }
            }
        } onCancel: {
            close()
        }
    }

    // Dispatcher -----------------------------------------------------------------------------------------------------

    /// Jobs that were claimed, with the index of their handler. None: batches that have waited long enough for more begin.
    func add(_ jobs: [(job: Job, handler: Int)] = []) {
        let begun: [(CheckedContinuation<Call?, Never>, Call)] = state.withLock { state in
            for (job, handler) in jobs {
                state.buffer.append(job, handler: handler)
                state.held[job.id] = job.seq
            }
            var begun: [(CheckedContinuation<Call?, Never>, Call)] = []
            while !state.idle.isEmpty, let call = state.nextCall(limits) { begun.append((state.idle.removeLast(), call)) }
            return begun
        }
        for (slot, call) in begun { slot.resume(returning: call) }
    }

    /// - Parameter most: jobs to hold that can't begin, all lines together.
    func glance(most: Int = .max) -> Glance {
        state.withLock { state in
            defer { state.starved = false }
            let waiting = state.waiting(limits)
            let share = max(Self.leastHeld, most / (waiting.count + 1))
            var startable = 0
            var room = 0
            let free = count - state.running.calls.reduce(0, +)
            var spare = 0
            for handler in limits.concurrency.indices {
                let running = state.running.calls[handler]
                let calls = min(limits.concurrency[handler] - running, free)
                if calls <= 0 { spare = max(spare, min(limits.ceiling(handler) - running, free) * limits.batchSizes[handler]) }
                room = max(room, calls * limits.batchSizes[handler])
                if calls > 0 || limits.concurrency[handler] > 0 && running < limits.concurrency[handler] {
                    startable += state.buffer.counts[handler]
                }
            }
            return Glance(
                finishedJobs: state.finishedJobs, firstFinished: state.firstFinished, startable: startable,
                buffered: state.buffer.count, waiting: waiting,
                full: Set(waiting.lazy.filter { $0.value >= share }.map(\.key)), spare: spare,
                shut: spare > 0 ? state.shut(limits, waiting) : [], room: room,
                runningJobs: state.runningJobs, starved: state.starved,
                isGathering: !state.gathering.isEmpty)
        }
    }

    /// Takes the finished calls; they count as held until `forget`.
    func takeFinished() -> [FinishedCall] {
        state.withLock { state in
            defer {
                state.finished = []
                state.finishedJobs = 0
                state.firstFinished = nil
            }
            return state.finished
        }
    }

    /// Takes the jobs that no slot has begun.
    func takeUnbegun() -> [Job] {
        state.withLock { state in
            state.gathering = [:]
            return state.buffer.removeAll()
        }
    }

    /// These jobs are written down, or lost to others.
    func forget(_ jobs: some Sequence<Job>) {
        state.withLock { state in
            for job in jobs where state.held[job.id] == job.seq { state.held[job.id] = nil }
        }
    }

    /// Whether the worker believes to hold a job under this token.
    func holds(_ id: Int64, _ seq: Int64) -> Bool { state.withLock { $0.held[id] == seq } }

    /// Whether nothing runs.
    var isQuiet: Bool { state.withLock { $0.runningJobs == 0 } }

    /// Slots end when they come for their next call.
    func close() {
        let idle = state.withLock { state in
            state.isClosed = true
            defer { state.idle = [] }
            return state.idle
        }
        for slot in idle { slot.resume(returning: nil) }
        signal.ring()
    }
}
