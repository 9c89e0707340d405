import Glibc

/// Nanoseconds of the monotonic clock: what deadlines are kept in.
struct MonotonicTime: Comparable, Sendable {
    var nanoseconds: UInt64

    static var now: Self {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Self(nanoseconds: UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec))
    }

    static let never = Self(nanoseconds: .max)

    static func < (a: Self, b: Self) -> Bool { a.nanoseconds < b.nanoseconds }

    static func + (time: Self, duration: Duration) -> Self {
        let (sum, overflow) = time.nanoseconds.addingReportingOverflow(duration.nanoseconds)
        return overflow ? .never : Self(nanoseconds: sum)
    }

    static func - (time: Self, duration: Duration) -> Self {
        Self(nanoseconds: time.nanoseconds - min(time.nanoseconds, duration.nanoseconds))
    }

    /// Milliseconds until `self`, rounded up and at least 0, as `epoll_wait` takes them.
    func milliseconds(since now: Self) -> Int32 {
        guard self > now else { return 0 }
        return Int32(clamping: (nanoseconds - now.nanoseconds + 999_999) / 1_000_000)
    }
}

extension Duration {
    /// Whole nanoseconds, 0 for negative durations.
    var nanoseconds: UInt64 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        let (product, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? .max : product &+ UInt64(attoseconds / 1_000_000_000)
    }

    /// Whole milliseconds, at least 1 for positive durations, as PostgreSQL's settings take them.
    var milliseconds: Int {
        self <= .zero ? 0 : max(1, Int(clamping: nanoseconds / 1_000_000))
    }
}
