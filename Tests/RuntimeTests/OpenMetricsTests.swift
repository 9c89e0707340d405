import CoreMetrics
import Metrics
import Testing
import Tracing
import Traces

@testable import Runtime

@Suite struct OpenMetricsTests {
    private let trace = TraceContext(traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
    private let unkept = TraceContext(traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00")

    @Test(arguments: [
        (nil, false), ("", false), ("*/*", false), ("text/plain", false), ("text/html, */*;q=0.1", false),
        ("application/openmetrics-text; version=1.0.0; charset=utf-8", true), ("application/openmetrics-text", true),
        ("Application/OpenMetrics-Text;Version=1.0.0", true), ("application/openmetrics-text; version=0.0.1", false),
        // As Prometheus asks.
        (
            "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
            true
        ),
        ("text/plain;version=0.0.4;q=1,application/openmetrics-text;version=1.0.0;q=0.5", false),
        ("application/openmetrics-text;version=1.0.0;q=0", false),
    ])
    func `who asks for OpenMetrics at least as gladly as for plain text gets it`(accept: String?, isOpen: Bool) {
        #expect((TextFormat(accept: accept) == .openMetrics) == isOpen)
    }

    @Test func `a bucket leads to the latest kept trace in it, and the old format is as it was`() async throws {
        let registry = PrometheusRegistry(keepsExemplars: true)
        registry.describe("work", "Time of \"work\".", buckets: [0.1, 1])
        let timer = Timer(label: "work", dimensions: [("k", "v")], factory: registry)
        ServiceContext.withValue(.current(with: trace)) { timer.recordMilliseconds(50) }
        ServiceContext.withValue(.current(with: unkept)) { timer.recordMilliseconds(500) }
        timer.recordMilliseconds(2000)
        Counter(label: "jobs.done", dimensions: [], factory: registry).increment()
        let open = registry.text(.openMetrics)
        let exemplar = try #require(open.firstMatch(of: /work_seconds_bucket\{k="v",le="0\.1"\} 1 # (\{.*\}) (\S+) (\S+)\n/))
        #expect(exemplar.1 == #"{trace_id="4bf92f3577b34da6a3ce929d0e0e4736",span_id="00f067aa0ba902b7"}"#)
        #expect(exemplar.2 == "0.05")
        #expect(exemplar.3.wholeMatch(of: /[0-9]{10}\.[0-9]{3}/) != nil)
        #expect(open.contains("le=\"1.0\"} 2\n") && open.contains("le=\"+Inf\"} 3\n"), "others have no trace that is kept")
        #expect(open.contains("# HELP work_seconds Time of \\\"work\\\".\n# TYPE work_seconds histogram\n"))
        #expect(open.contains("# TYPE jobs_done counter\njobs_done_total 1\n"))
        #expect(open.contains("# TYPE trunkline_metrics_dropped_series counter\ntrunkline_metrics_dropped_series_total 0\n"))
        #expect(open.hasSuffix("\n# EOF\n"))
        let plain = registry.text()
        #expect(!plain.contains("trace_id") && !plain.contains("# EOF"))
        #expect(plain.contains("le=\"0.1\"} 1\n") && plain.contains("le=\"1\"} 2\n"))
        #expect(plain.contains("# HELP work_seconds Time of \"work\".\n") && plain.contains("# TYPE jobs_done_total counter\n"))
    }

    @Test func `where no traces are made nobody looks for one`() {
        let registry = PrometheusRegistry()
        ServiceContext.withValue(.current(with: trace)) {
            Timer(label: "t", dimensions: [], factory: registry).recordMilliseconds(1)
        }
        #expect(!registry.text(.openMetrics).contains("trace_id"))
    }
}
