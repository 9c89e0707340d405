import CoreMetrics
import Synchronization

/// All series of one metric name.
struct MetricFamily: Sendable {
    var type: String
    var help: String
    var series: [String: any MetricSeries] = [:]

    func render(as name: String, _ format: TextFormat, to text: inout String) {
        // In OpenMetrics a counter's family goes by its name without the ending.
        let family = format == .openMetrics && type == CounterSeries.type ? String(name.dropLast("_total".count)) : name
        let help = PrometheusName.escapedHelp(help, format)
        text += "# HELP \(family) \(help)\n# TYPE \(family) \(type)\n"
        for (labels, series) in series.sorted(by: { $0.key < $1.key }) { series.render(name, labels, format, to: &text) }
    }
}

/// One metric with one set of labels.
protocol MetricSeries: AnyObject, Sendable {
    static var type: String { get }
    func render(_ name: String, _ labels: String, _ format: TextFormat, to text: inout String)
}

final class CounterSeries: MetricSeries, CounterHandler {
    static let type = "counter"
    private let value = Atomic<Int64>(0)

    func increment(by amount: Int64) { value.wrappingAdd(amount, ordering: .relaxed) }
    func reset() { value.store(0, ordering: .relaxed) }
    func render(_ name: String, _ labels: String, _ format: TextFormat, to text: inout String) {
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
    func render(_ name: String, _ labels: String, _ format: TextFormat, to text: inout String) {
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
    func render(_ name: String, _ labels: String, _ format: TextFormat, to text: inout String) {
        text += "\(name)\(labels) \(PrometheusName.number(current.value))\n"
    }
}

final class HistogramSeries: MetricSeries, RecorderHandler, TimerHandler {
    static let type = "histogram"
    private struct State {
        /// The last bucket is the one without end.
        var counts: [Int64]
        var sum = 0.0
        /// The latest of each bucket; empty while there was none.
        var exemplars: [Exemplar?] = []
    }
    private let bounds: [Double]
    private let keepsExemplars: Bool
    private let state: Mutex<State>

    /// - Parameters:
    ///   - bounds: the upper ends of the buckets, rising; the one without end is added.
    ///   - keepsExemplars: false where no traces are made, so that nobody looks for one.
    init(_ bounds: [Double], keepsExemplars: Bool) {
        self.bounds = bounds
        self.keepsExemplars = keepsExemplars
        state = Mutex(State(counts: Array(repeating: 0, count: bounds.count + 1)))
    }

    func record(_ value: Int64) { record(Double(value)) }
    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1_000_000_000) }
    func record(_ value: Double) {
        let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
        let exemplar = keepsExemplars ? Exemplar(of: value) : nil
        state.withLock {
            $0.counts[bucket] += 1
            $0.sum += value
            guard let exemplar else { return }
            if $0.exemplars.isEmpty { $0.exemplars = Array(repeating: nil, count: $0.counts.count) }
            $0.exemplars[bucket] = exemplar
        }
    }

    func render(_ name: String, _ labels: String, _ format: TextFormat, to text: inout String) {
        let state = state.withLock { $0 }
        let others = labels.isEmpty ? "" : labels.dropFirst().dropLast() + ","
        var cumulative: Int64 = 0
        for (bucket, count) in state.counts.enumerated() {
            cumulative += count
            let bound = bucket < bounds.count ? PrometheusName.bound(bounds[bucket], format) : "+Inf"
            text += "\(name)_bucket{\(others)le=\"\(bound)\"} \(cumulative)"
            if format == .openMetrics, !state.exemplars.isEmpty, let exemplar = state.exemplars[bucket] { text += exemplar.text }
            text += "\n"
        }
        text += "\(name)_sum\(labels) \(PrometheusName.number(state.sum))\n\(name)_count\(labels) \(cumulative)\n"
    }
}
