internal import CLibpq
import Glibc

/// Starts a detached thread that runs `body`.
func startThread(named name: String, _ body: @escaping @Sendable () -> Void) {
    final class Start: Sendable {
        let name: String
        let body: @Sendable () -> Void
        init(_ name: String, _ body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }
    var thread = pthread_t()
    let start = Unmanaged.passRetained(Start(name, body))
    let failure = pthread_create(
        &thread, nil,
        { argument in
            let start = Unmanaged<Start>.fromOpaque(argument!).takeRetainedValue()
            clibpq_name_this_thread(String(start.name.prefix(15)))
            start.body()
            return nil
        }, start.toOpaque())
    precondition(failure == 0, "pthread_create failed: \(failure)")
    pthread_detach(thread)
}

/// Threads for calls that block: opening a connection (name resolution, TLS, password hashing) and sending a cancel request.
///
/// Threads start on demand up to `limit` and end when nothing waits: such calls are rare, and a quiet program keeps none.
final class BlockingThreads: Sendable {
    static let connecting = BlockingThreads(name: "pg-connect", limit: 64)
    static let cancelling = BlockingThreads(name: "pg-cancel", limit: 4)

    private struct State {
        var waiting: [@Sendable () -> Void] = []
        var threads = 0
    }

    private let name: String
    private let limit: Int
    private let state = Guarded(State())

    init(name: String, limit: Int) {
        self.name = name
        self.limit = limit
    }

    /// Runs `body` on a thread that may block; never blocks the caller.
    func run(_ body: @escaping @Sendable () -> Void) {
        let starts = state.withLock { state in
            state.waiting.append(body)
            guard state.threads < limit else { return false }
            state.threads += 1
            return true
        }
        // Started here it would have the priority of whoever happens to need it.
        if starts { EventLoop.shared[0].execute { startThread(named: self.name) { self.work() } } }
    }

    private func work() {
        while true {
            let next = state.withLock { state -> (@Sendable () -> Void)? in
                guard !state.waiting.isEmpty else {
                    state.threads -= 1
                    return nil
                }
                return state.waiting.removeFirst()
            }
            guard let next else { return }
            next()
        }
    }
}
