import CScheduling
import Foundation
import Synchronization

/// A thread of low priority for long work of the processor, so that callers wait no longer while it is done: on a machine whose processors
/// are all busy, the event loops go first.
final class BackgroundThread: TaskExecutor {
    static let shared = BackgroundThread()

    /// What is to be done, first come, first served; the count is what the thread waits for.
    private let waiting = Mutex<[UnownedJob]>([])
    private let count = DispatchSemaphore(value: 0)

    private init() { Thread.detachNewThread { self.work() } }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        waiting.withLock { $0.append(job) }
        count.signal()
    }

    /// Never ends.
    private func work() {
        // Linux takes this of the thread that asks.
        _ = nice(10)
        // In short turns: whoever is woken in the middle of one waits for its end.
        _ = scheduling_prefer_short_turns(100_000)
        while true {
            count.wait()
            waiting.withLock { $0.removeFirst() }.runSynchronously(on: asUnownedTaskExecutor())
        }
    }
}
