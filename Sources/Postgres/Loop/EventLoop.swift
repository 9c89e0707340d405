internal import CLibpq
internal import CScheduling
import Glibc
import Synchronization

/// One thread that waits for the sockets of its connections and runs the Swift tasks that use them.
///
/// It is a task executor: a task that prefers it resumes on this thread as soon as its socket is readable, without waking another thread. That
/// hop, not the wait, is what a statement costs. Whatever runs here must not block: it would hold up every connection of the loop.
final class EventLoop: TaskExecutor, @unchecked Sendable {
    // @unchecked: `inbox` is guarded by its lock; everything else that changes belongs to the loop's own thread.

    private struct Inbox {
        var jobs: [UnownedJob] = []
        var calls: [@Sendable () -> Void] = []
        var isWoken = false
    }

    private let poll: Int32
    private let wakeUp: Int32
    private let inbox = Guarded(Inbox())
    private var ready: [UnownedJob] = []
    private var running: [UnownedJob] = []
    private var sources: [UInt64: any EventSource] = [:]
    private var lastSource: UInt64 = 0
    private var timers = Timers()

    /// Which loop the current thread is; other threads see null.
    private static let current: pthread_key_t = {
        var key = pthread_key_t()
        precondition(pthread_key_create(&key, nil) == 0)
        return key
    }()

    /// When a loop's thread gets a processor. What an older kernel says to it does not matter.
    enum Turns {
        /// As soon as it is woken, for a short while.
        case short
        /// After everybody else, but it gets on.
        case low
        /// Those that nobody else wants.
        case spare

        /// Linux takes each of the thread that asks. Short turns are what a woken thread goes before others for, so they are not for one that others
        /// go before.
        func ask() {
            switch self {
            case .short: _ = scheduling_prefer_short_turns(100_000)
            case .low: _ = nice(10)
            case .spare: _ = scheduling_take_what_is_left()
            }
        }
    }

    init(name: String, turns: Turns = .short) {
        poll = epoll_create1(Int32(EPOLL_CLOEXEC))
        wakeUp = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        precondition(poll >= 0 && wakeUp >= 0, "no file descriptors left for an event loop")
        var event = epoll_event()
        event.events = EPOLLIN.rawValue
        event.data.u64 = 0
        epoll_ctl(poll, EPOLL_CTL_ADD, wakeUp, &event)
        startThread(named: name) {
            turns.ask()
            self.run()
        }
    }

    /// True on the loop's own thread.
    var isCurrent: Bool {
        pthread_getspecific(Self.current) == UnsafeMutableRawPointer(Unmanaged.passUnretained(self).toOpaque())
    }

    // MARK: Work

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if isCurrent {
            ready.append(job)
        } else {
            wake { $0.jobs.append(job) }
        }
    }

    /// Runs `call` on the loop's thread, later when the caller is on it already.
    func execute(_ call: @escaping @Sendable () -> Void) {
        wake { $0.calls.append(call) }
    }

    private func wake(_ add: (inout Inbox) -> Void) {
        let isFirst = inbox.withLock { inbox in
            add(&inbox)
            defer { inbox.isWoken = true }
            return !inbox.isWoken
        }
        if isFirst {
            var one: UInt64 = 1
            _ = write(wakeUp, &one, 8)
        }
    }

    /// Runs `call` on the loop's thread once `time` has come. Only on the loop's thread.
    func schedule(at time: MonotonicTime, _ call: @escaping () -> Void) -> Timers.Token {
        timers.add(at: time, call)
    }

    /// Only on the loop's thread.
    func cancel(_ token: Timers.Token) { timers.remove(token) }

    // MARK: Sockets (only on the loop's thread)

    func add(_ descriptor: Int32, _ source: any EventSource) -> UInt64 {
        lastSource += 1
        sources[lastSource] = source
        control(EPOLL_CTL_ADD, descriptor, EPOLLIN.rawValue, lastSource)
        return lastSource
    }

    func change(_ descriptor: Int32, id: UInt64, events: UInt32) {
        control(EPOLL_CTL_MOD, descriptor, events, id)
    }

    func remove(_ descriptor: Int32, id: UInt64) {
        sources[id] = nil
        control(EPOLL_CTL_DEL, descriptor, 0, id)
    }

    private func control(_ operation: Int32, _ descriptor: Int32, _ events: UInt32, _ id: UInt64) {
        var event = epoll_event()
        event.events = events
        event.data.u64 = id
        epoll_ctl(poll, operation, descriptor, &event)
    }

    // MARK: The thread

    private func run() {
        pthread_setspecific(Self.current, Unmanaged.passUnretained(self).toOpaque())
        let capacity = 64
        let events = UnsafeMutablePointer<epoll_event>.allocate(capacity: capacity)
        while true {
            runReady()
            let timeout = ready.isEmpty ? timers.next.map { $0.milliseconds(since: .now) } ?? -1 : 0
            let count = epoll_wait(poll, events, Int32(capacity), timeout)
            for index in 0..<max(0, Int(count)) {
                let id = events[index].data.u64
                if id == 0 {
                    takeInbox()
                } else if let source = sources[id] {
                    source.happened(events[index].events)
                }
            }
            if timers.next != nil {
                for call in timers.takeDue(by: .now) { call() }
            }
        }
    }

    /// Some rounds only: tasks that keep each other busy must not starve the sockets.
    private func runReady() {
        let executor = asUnownedTaskExecutor()
        for _ in 0..<4 where !ready.isEmpty {
            swap(&ready, &running)
            for job in running { job.runSynchronously(on: executor) }
            running.removeAll(keepingCapacity: true)
        }
    }

    private func takeInbox() {
        var count: UInt64 = 0
        _ = read(wakeUp, &count, 8)
        let calls = inbox.withLock { inbox in
            inbox.isWoken = false
            ready.append(contentsOf: inbox.jobs)
            inbox.jobs.removeAll(keepingCapacity: true)
            defer { inbox.calls = [] }
            return inbox.calls
        }
        for call in calls { call() }
    }
}

/// Whatever owns a socket in a loop.
protocol EventSource: AnyObject {
    /// Called on the loop's thread with epoll's flags.
    func happened(_ events: UInt32)
}

extension EventLoop {
    /// The process's loops, shared by all pools and listeners: one core answers tens of thousands of statements a second.
    static let shared: [EventLoop] = (0..<max(1, min(2, sysconf(Int32(_SC_NPROCESSORS_ONLN)) / 4)))
        .map { EventLoop(name: "pg-loop-\($0)") }

    /// Started by the first who needs it.
    static let background = EventLoop(name: "pg-background", turns: .low)

    /// Started by the first who needs it.
    static let spare = EventLoop(name: "pg-spare", turns: .spare)

    private static let turn = Atomic(0)

    /// The shared loops in turn.
    static func next() -> EventLoop {
        shared[turn.wrappingAdd(1, ordering: .relaxed).newValue % shared.count]
    }

    /// The loop for a new connection.
    static func next(of threads: DatabaseConfiguration.Threads) -> EventLoop {
        switch threads {
        case .shared: next()
        case .background: background
        case .spare: spare
        }
    }

    /// Runs `body` on this loop's thread; at once when it is there already. Only from functions without an actor: an actor's code would
    /// stay on the actor's own executor.
    func run<R>(_ body: () async throws -> R) async rethrows -> R {
        if isCurrent { return try await body() }
        return try await withTaskExecutorPreference(self, operation: body)
    }
}
