public import CoreMetrics
import Synchronization

/// Keeps all metrics of a process and renders them in Prometheus' text format 0.0.4 or as OpenMetrics.
///
/// Names are made Prometheus' own: other characters become `_`, counters end in `_total`, timers in `_seconds`. Timers and
/// recorders that aggregate become histograms with fixed buckets. Recording never waits for a scrape.
public final class PrometheusRegistry: MetricsFactory, Sendable {
    /// Seconds, for timers: OpenTelemetry's buckets for HTTP, and further up to ten minutes.
    public static let secondsBuckets: [Double] = [
        0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30, 60, 300, 600,
    ]
    /// Counts and sizes, for recorders.
    public static let valueBuckets: [Double] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 100_000]

    /// No metric may have more label combinations than this; further ones are counted, not kept.
    static let mostSeries = 2000

    private struct State {
        var families: [String: MetricFamily] = [:]
        var help: [String: String] = [:]
        var buckets: [String: [Double]] = [:]
        var collectors: [@Sendable () -> Void] = []
        var dropped: Int64 = 0
    }
    private let state = Mutex(State())
    private let keepsExemplars: Bool

    /// - Parameter keepsExemplars: whether histograms remember which trace their latest observations belong to.
    public init(keepsExemplars: Bool = false) { self.keepsExemplars = keepsExemplars }

    /// Gives a metric, by its swift-metrics label, its HELP text and, for a histogram, its own buckets. Before its first use.
    public func describe(_ label: String, _ help: String, buckets: [Double]? = nil) {
        let name = PrometheusName.base(label)
        state.withLock {
            $0.help[name] = help
            $0.buckets[name] = buckets
        }
    }

    /// Calls `collect` at the beginning of each scrape: the place to set gauges that are only worth computing then. Keep
    /// it short; it blocks the scrape.
    public func onScrape(_ collect: @escaping @Sendable () -> Void) {
        state.withLock { $0.collectors.append(collect) }
    }

    /// The whole text of a scrape, in Prometheus' own format.
    public func text() -> String { text(.prometheus) }

    func text(_ format: TextFormat) -> String {
        for collect in state.withLock({ $0.collectors }) { collect() }
        var (families, dropped) = state.withLock { ($0.families, $0.dropped) }
        let refused = CounterSeries()
        refused.increment(by: dropped)
        families["trunkline_metrics_dropped_series_total"] = MetricFamily(
            type: CounterSeries.type, help: "Label combinations that were refused because their metric had too many.",
            series: ["": refused])
        var text = ""
        for (name, family) in families.sorted(by: { $0.key < $1.key }) { family.render(as: name, format, to: &text) }
        if format == .openMetrics { text += "# EOF\n" }
        return text
    }

    /// The series of that name and labels, made if need be; `detached` when the name is taken by another kind or full.
    private func series<Series: MetricSeries>(
        _ name: String, label: String, _ dimensions: [(String, String)], make: ([Double]?) -> Series
    ) -> Series {
        let labels = PrometheusName.labels(dimensions)
        return state.withLock { state in
            let base = PrometheusName.base(label)
            if let known = state.families[name]?.series[labels] as? Series { return known }
            let detached = state.families[name].map { $0.type != Series.type || $0.series.count >= Self.mostSeries } ?? false
            let series = make(state.buckets[base])
            if detached {
                state.dropped += 1
                return series
            }
            state.families[name, default: MetricFamily(type: Series.type, help: state.help[base] ?? label)].series[labels] =
                series
            return series
        }
    }
}

extension PrometheusRegistry {
    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        series(PrometheusName.counter(label), label: label, dimensions) { _ in CounterSeries() }
    }

    public func makeFloatingPointCounter(label: String, dimensions: [(String, String)]) -> any FloatingPointCounterHandler {
        series(PrometheusName.counter(label), label: label, dimensions) { _ in FloatingPointCounterSeries() }
    }

    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        series(PrometheusName.base(label), label: label, dimensions) { _ in GaugeSeries() }
    }

    public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        guard aggregate else { return series(PrometheusName.base(label), label: label, dimensions) { _ in GaugeSeries() } }
        return series(PrometheusName.base(label), label: label, dimensions) {
            HistogramSeries($0 ?? Self.valueBuckets, keepsExemplars: keepsExemplars)
        }
    }

    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        series(PrometheusName.timer(label), label: label, dimensions) {
            HistogramSeries($0 ?? Self.secondsBuckets, keepsExemplars: keepsExemplars)
        }
    }

    // A series once shown stays: Prometheus takes one that vanishes and comes back for a restart.
    public func destroyCounter(_: any CounterHandler) {}
    public func destroyFloatingPointCounter(_: any FloatingPointCounterHandler) {}
    public func destroyMeter(_: any MeterHandler) {}
    public func destroyRecorder(_: any RecorderHandler) {}
    public func destroyTimer(_: any TimerHandler) {}
}
