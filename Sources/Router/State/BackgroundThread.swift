import CScheduling
import Dispatch
import Glibc
import Synchronization

/// A thread of low priority for long work of the processor, so that callers wait no longer while it is done: on a machine whose processors
/// are all busy, the event loops go first.
final class BackgroundThread: TaskExecutor {
    static let shared = BackgroundThread()

    private let line: Line

    private init() {
        let line = Line()
        self.line = line
        var thread = pthread_t()
        let argument = Unmanaged.passRetained(self)
        let failure = pthread_create(
            &thread, nil,
            { argument in
                Unmanaged<BackgroundThread>.fromOpaque(argument!).takeUnretainedValue().work()
                return nil
            }, argument.toOpaque())
        precondition(failure == 0, "pthread_create failed: \(failure)")
        pthread_detach(thread)
    }

    func enqueue(_ job: consuming ExecutorJob) { line.append(UnownedJob(job)) }

    /// Never ends.
    private func work() {
        // Linux takes this of the thread that asks.
        _ = nice(10)
        // In short turns: whoever is woken in the middle of one waits for its end.
        _ = scheduling_prefer_short_turns(100_000)
        while true { line.next().runSynchronously(on: asUnownedTaskExecutor()) }
    }

    /// What is to be done, first come, first served; its reader waits.
    private final class Line: Sendable {
        private let waiting = Mutex<[UnownedJob]>([])
        private let count = DispatchSemaphore(value: 0)

        func append(_ job: UnownedJob) {
            waiting.withLock { $0.append(job) }
            count.signal()
        }

        func next() -> UnownedJob {
            count.wait()
            return waiting.withLock { $0.removeFirst() }
        }
    }
}
