import CoreMetrics
import Metrics
import Testing

@testable import Runtime

@Suite("Metrics in Prometheus' text")
struct PrometheusTests {
    let registry = PrometheusRegistry()

    @Test("Counters end in _total and add up, whoever makes them")
    func counters() {
        for _ in 0..<2 { Counter(label: "jobs.done", dimensions: [("kind", "a")], factory: registry).increment(by: 2) }
        Counter(label: "jobs.done", dimensions: [("kind", "b\"\\\n")], factory: registry).increment()
        FloatingPointCounter(label: "seconds_total", dimensions: [], factory: registry).increment(by: 1.5)
        registry.describe("later", "unused")
        let text = registry.text()
        #expect(
            text.contains(
                "# TYPE jobs_done_total counter\njobs_done_total{kind=\"a\"} 4\njobs_done_total{kind=\"b\\\"\\\\\\n\"} 1\n"))
        #expect(text.contains("seconds_total 1.5\n"))
    }

    @Test("Gauges hold the last value")
    func gauges() {
        let meter = Meter(label: "depth", dimensions: [("b", "2"), ("a", "1")], factory: registry)
        meter.set(5)
        meter.increment(by: 2)
        Gauge(label: "plain", dimensions: [], factory: registry).record(0.25)
        let text = registry.text()
        #expect(text.contains("depth{a=\"1\",b=\"2\"} 7\n"))
        #expect(text.contains("plain 0.25\n"))
    }

    @Test("Timers are histograms in seconds with cumulative buckets")
    func histograms() {
        registry.describe("work", "Time of\nwork.", buckets: [0.1, 1])
        let timer = Timer(label: "work", dimensions: [("k", "v")], factory: registry)
        for milliseconds in [50, 100, 500, 2000] { timer.recordMilliseconds(milliseconds) }
        let expected = """
            # HELP work_seconds Time of\\nwork.
            # TYPE work_seconds histogram
            work_seconds_bucket{k="v",le="0.1"} 2
            work_seconds_bucket{k="v",le="1"} 3
            work_seconds_bucket{k="v",le="+Inf"} 4
            work_seconds_sum{k="v"} 2.65
            work_seconds_count{k="v"} 4

            """
        #expect(registry.text().contains(expected))
    }

    @Test("A name taken by another kind, or with too many labels, is dropped and counted")
    func dropped() {
        Counter(label: "x_total", dimensions: [], factory: registry).increment()
        Meter(label: "x_total", dimensions: [], factory: registry).set(9)
        for number in 0...PrometheusRegistry.mostSeries {
            Counter(label: "many", dimensions: [("n", "\(number)")], factory: registry).increment()
        }
        let text = registry.text()
        #expect(text.contains("x_total 1\n") && !text.contains("x_total 9"))
        #expect(text.contains("trunkline_metrics_dropped_series_total 2\n"))
    }

    @Test("Recording from many tasks loses nothing")
    func concurrent() async {
        let registry = registry
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<1000 {
                        Counter(label: "c", dimensions: [], factory: registry).increment()
                        Timer(label: "t", dimensions: [], factory: registry).recordNanoseconds(1_000_000_000)
                        FloatingPointCounter(label: "f", dimensions: [], factory: registry).increment(by: 0.5)
                    }
                }
            }
        }
        let text = registry.text()
        #expect(text.contains("c_total 8000\n") && text.contains("t_seconds_count 8000\n") && text.contains("f_total 4000\n"))
    }

    @Test("Names are made Prometheus' own", arguments: [("a.b-c", "a_b_c"), ("1st", "_1st"), ("ä:b", "__:b")])
    func names(label: String, name: String) { #expect(PrometheusName.base(label) == name) }

    @Test("The figures of the process are there")
    func process() {
        ProcessFigures.add(to: registry)
        let text = registry.text()
        for name in [
            "process_cpu_seconds_total", "process_resident_memory_bytes", "process_open_fds", "process_start_time_seconds",
        ] {
            #expect(text.contains("\n\(name) ") && !text.contains("\n\(name) 0\n"))
        }
    }
}
