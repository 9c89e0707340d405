import Tracing
import Traces

/// One observation of a histogram that was made within a trace.
struct Exemplar: Sendable {
    let trace: TraceContext
    let value: Double
    /// Milliseconds since 1970.
    let milliseconds: Int64

    /// The observation as one, if the task that makes it works within a trace that is kept.
    init?(of value: Double) {
        guard let trace = TraceContext.current, trace.isSampled else { return nil }
        self.trace = trace
        self.value = value
        milliseconds = Int64(DefaultTracerClock.now.millisecondsSinceEpoch)
    }

    /// As OpenMetrics has it behind a bucket.
    var text: String {
        let fraction = String(1000 + milliseconds % 1000).dropFirst()
        return
            ##" # {trace_id="\##(trace.trace)",span_id="\##(trace.span)"} \##(PrometheusName.number(value)) \##(milliseconds / 1000).\##(fraction)"##
    }
}
