import Foundation

/// Times in microseconds, counted in steps of two percent.
struct Latencies: Sendable {
    private var counts = [Int](repeating: 0, count: 1024)
    private(set) var count = 0

    mutating func add(nanoseconds: Int64) {
        counts[Self.step(Double(max(nanoseconds, 1)) / 1000)] += 1
        count += 1
    }

    mutating func add(_ other: Latencies) {
        for index in counts.indices { counts[index] += other.counts[index] }
        count += other.count
    }

    /// Milliseconds under which that share lies.
    func percentile(_ share: Double) -> Double {
        var left = Int((Double(count) * share).rounded(.up))
        for (index, number) in counts.enumerated() {
            left -= number
            if left <= 0 { return Self.value(index) / 1000 }
        }
        return 0
    }

    private static func step(_ microseconds: Double) -> Int {
        microseconds <= 1 ? 0 : min(1023, Int(log(microseconds) / 0.0198) + 1)
    }
    private static func value(_ step: Int) -> Double { exp(Double(step) * 0.0198) }
}
