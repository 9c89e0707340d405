import Tracing
import Traces

/// Makes spans, and carries their traces in and out of headers by the W3C's `traceparent`.
///
/// What follows a trace that is kept is kept, what follows one that isn't is not; a new trace is kept by lot.
struct SpanTracer: Tracer {
    let queue: SpanQueue
    /// Of new traces, from 0 to 1.
    let ratio: Double

    static let header = "traceparent"

    func startSpan<Instant: TracerInstant>(
        _ operationName: String, context: @autoclosure () -> ServiceContext, ofKind kind: SpanKind,
        at instant: @autoclosure () -> Instant, function: String, file fileID: String, line: UInt
    ) -> TraceSpan {
        var context = context()
        let parent = context.trace
        let trace = parent?.trace ?? .random()
        let isSampled = parent?.isSampled ?? context.keepsNewTrace ?? (trace.lot < ratio)
        let own = TraceContext(trace: trace, span: .random(), isSampled: isSampled)
        context.trace = own
        context.keepsNewTrace = nil
        let record = SpanRecord(
            name: operationName, kind: kind, context: own, parent: parent?.span,
            startNanoseconds: isSampled ? instant().nanosecondsSinceEpoch : 0)
        return TraceSpan(record, context: context, queue: queue)
    }

    func startAnySpan<Instant: TracerInstant>(
        _ operationName: String, context: @autoclosure () -> ServiceContext, ofKind kind: SpanKind,
        at instant: @autoclosure () -> Instant, function: String, file fileID: String, line: UInt
    ) -> any Span {
        startSpan(
            operationName, context: context(), ofKind: kind, at: instant(), function: function, file: fileID, line: line)
    }

    /// Nothing waits for spans to be sent; ``TraceExporter`` sends what is left at the program's end.
    func forceFlush() {}

    func inject<Carrier, Inject>(_ context: ServiceContext, into carrier: inout Carrier, using injector: Inject)
    where Inject: Injector, Carrier == Inject.Carrier {
        guard let trace = context.trace else { return }
        injector.inject(trace.traceparent, forKey: Self.header, into: &carrier)
    }

    func extract<Carrier, Extract>(_ carrier: Carrier, into context: inout ServiceContext, using extractor: Extract)
    where Extract: Extractor, Carrier == Extract.Carrier {
        guard let trace = extractor.extract(key: Self.header, from: carrier).flatMap({ TraceContext(traceparent: $0) }) else {
            return
        }
        context.trace = trace
    }
}
