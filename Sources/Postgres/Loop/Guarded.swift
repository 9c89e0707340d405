import Glibc

/// A value behind a lock.
///
/// It does what `Synchronization.Mutex` does, with a lock that the thread sanitizer understands: the futex calls of `Mutex` are hidden from it,
/// and every contended access would be reported as a race.
package struct Guarded<Value>: ~Copyable, @unchecked Sendable {
    // @unchecked: `value` is touched only while `lock` is held.
    private let lock: UnsafeMutablePointer<pthread_mutex_t>
    private let value: UnsafeMutablePointer<Value>

    package init(_ initial: consuming sending Value) {
        lock = .allocate(capacity: 1)
        lock.initialize(to: pthread_mutex_t())
        pthread_mutex_init(lock, nil)
        value = .allocate(capacity: 1)
        value.initialize(to: initial)
    }

    deinit {
        value.deinitialize(count: 1)
        value.deallocate()
        pthread_mutex_destroy(lock)
        lock.deallocate()
    }

    /// Runs `body` while nobody else can; keep it short, and don't call out.
    package borrowing func withLock<R, E: Error>(_ body: (inout Value) throws(E) -> R) throws(E) -> R {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        return try body(&value.pointee)
    }
}
