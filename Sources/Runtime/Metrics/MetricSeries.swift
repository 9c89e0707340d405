import CoreMetrics
import Synchronization

/// All series of one metric name.
struct MetricFamily: Sendable {
    var type: String
    var help: String
    var series: [String: any MetricSeries] = [:]

    func render(as name: String, to text: inout String) {
        text += "# HELP \(name) \(PrometheusName.escapedHelp(help))\n# TYPE \(name) \(type)\n"
        for (labels, series) in series.sorted(by: { $0.key < $1.key }) { series.render(name, labels, to: &text) }
    }
}

/// One metric with one set of labels.
protocol MetricSeries: AnyObject, Sendable {
    static var type: String { get }
    func render(_ name: String, _ labels: String, to text: inout String)
}

final class CounterSeries: MetricSeries, CounterHandler {
    static let type = "counter"
    private let value = Atomic<Int64>(0)

    func increment(by amount: Int64) { value.wrappingAdd(amount, ordering: .relaxed) }
    func reset() { value.store(0, ordering: .relaxed) }
    func render(_ name: String, _ labels: String, to text: inout String) {
        text += "\(name)\(labels) \(value.load(ordering: .relaxed))\n"
    }
}

/// A Double in an atomic word.
struct AtomicDouble: ~Copyable, Sendable {
    private let bits = Atomic<UInt64>(0)

    var value: Double { Double(bitPattern: bits.load(ordering: .relaxed)) }
    func set(_ value: Double) { bits.store(value.bitPattern, ordering: .relaxed) }
    func add(_ amount: Double) {
        var old = bits.load(ordering: .relaxed)
        while true {
            let new = (Double(bitPattern: old) + amount).bitPattern
            let (exchanged, original) = bits.weakCompareExchange(expected: old, desired: new, ordering: .relaxed)
            if exchanged { return }
            old = original
        }
    }
}

final class FloatingPointCounterSeries: MetricSeries, FloatingPointCounterHandler {
    static let type = "counter"
    private let total = AtomicDouble()

    func increment(by amount: Double) { total.add(amount) }
    func reset() { total.set(0) }
    func render(_ name: String, _ labels: String, to text: inout String) {
        text += "\(name)\(labels) \(PrometheusName.number(total.value))\n"
    }
}

final class GaugeSeries: MetricSeries, MeterHandler, RecorderHandler {
    static let type = "gauge"
    private let current = AtomicDouble()

    func set(_ value: Int64) { current.set(Double(value)) }
    func set(_ value: Double) { current.set(value) }
    func increment(by amount: Double) { current.add(amount) }
    func decrement(by amount: Double) { current.add(-amount) }
    func record(_ value: Int64) { current.set(Double(value)) }
    func record(_ value: Double) { current.set(value) }
    func render(_ name: String, _ labels: String, to text: inout String) {
        text += "\(name)\(labels) \(PrometheusName.number(current.value))\n"
    }
}

final class HistogramSeries: MetricSeries, RecorderHandler, TimerHandler {
    static let type = "histogram"
    private struct State {
        var counts: [Int64]
        var sum = 0.0
        var total: Int64 = 0
    }
    private let bounds: [Double]
    private let state: Mutex<State>

    /// - Parameter bounds: the upper ends of the buckets, rising; the one without end is added.
    init(_ bounds: [Double]) {
        self.bounds = bounds
        state = Mutex(State(counts: Array(repeating: 0, count: bounds.count)))
    }

    func record(_ value: Int64) { record(Double(value)) }
    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1_000_000_000) }
    func record(_ value: Double) {
        let bucket = bounds.firstIndex { value <= $0 }
        state.withLock {
            if let bucket { $0.counts[bucket] += 1 }
            $0.sum += value
            $0.total += 1
        }
    }

    func render(_ name: String, _ labels: String, to text: inout String) {
        let state = state.withLock { $0 }
        let others = labels.isEmpty ? "" : labels.dropFirst().dropLast() + ","
        var cumulative: Int64 = 0
        for (bound, count) in zip(bounds, state.counts) {
            cumulative += count
            text += "\(name)_bucket{\(others)le=\"\(PrometheusName.number(bound))\"} \(cumulative)\n"
        }
        text += "\(name)_bucket{\(others)le=\"+Inf\"} \(state.total)\n"
        text += "\(name)_sum\(labels) \(PrometheusName.number(state.sum))\n\(name)_count\(labels) \(state.total)\n"
    }
}
