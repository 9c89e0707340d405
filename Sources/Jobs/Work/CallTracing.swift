internal import FoundationEssentials
internal import Tracing
internal import Traces

/// Makes the spans of handlers' calls, where traces are on.
struct CallTracing {
    /// Nil: no traces are made, and no payload is looked into.
    private let tracer: (any Tracer)?

    init() {
        let tracer = InstrumentationSystem.tracer
        self.tracer = tracer is NoOpTracer ? nil : tracer
    }

    func begin(_ handler: any JobHandler, _ jobs: [Job]) -> CallTrace {
        guard let tracer else { return CallTrace() }
        let traced = jobs.compactMap { job in job.trace.map { (job: job, trace: $0) } }
        guard handler.batchSize > 1 else { return CallTrace(alone: jobs[0], traced.first?.trace, tracer) }
        return CallTrace(batch: jobs, of: handler.kind, traced, tracer)
    }
}

/// The spans of one call of a handler.
///
/// A job that is handled by itself has one span, in the trace in which it was enqueued. A batch has one as well, linked to the traces of its
/// jobs; it is within theirs when they have but one, and begins a trace of its own when they have several. Beside it each job that came with a
/// trace has a span there, so that its trace shows when it was done, together with what, and how that ended.
struct CallTrace {
    /// Nil: no traces are made.
    private var call: (any Span)?
    private var jobs: [Int64: any Span] = [:]

    init() {}

    init(alone job: Job, _ trace: TraceContext?, _ tracer: any Tracer) {
        call = tracer.startAnySpan(job.kind, context: .current(with: trace), ofKind: .consumer)
        call?.describe(job)
    }

    init(batch: [Job], of kind: String, _ traced: [(job: Job, trace: TraceContext)], _ tracer: any Tracer) {
        let isOne = Set(traced.map(\.trace.trace)).count == 1
        var context = ServiceContext.current(with: isOne ? traced[0].trace : nil)
        if !traced.isEmpty { context.keepsNewTrace = traced.contains { $0.trace.isSampled } }
        let span = tracer.startAnySpan("\(kind) batch", context: context, ofKind: .consumer)
        for (_, trace) in traced { span.addLink(SpanLink(context: .current(with: trace), attributes: [:])) }
        span.attributes["trunkline.jobs"] = batch.count
        span.attributes["trunkline.tenant_id"] = batch[0].tenant
        for (job, trace) in traced {
            let one = tracer.startAnySpan(kind, context: .current(with: trace), ofKind: .consumer)
            one.describe(job)
            one.addLink(SpanLink(context: span.context, attributes: [:]))
            jobs[job.id] = one
        }
        call = span
    }

    /// Runs the handler within the call's span.
    func run<Value>(_ body: () async throws -> Value) async throws -> Value {
        guard let call else { return try await body() }
        return try await ServiceContext.withValue(call.context) {
            do {
                return try await body()
            } catch {
                call.recordError(error)
                throw error
            }
        }
    }

    /// Does something as part of the call.
    func with(_ body: () -> Void) {
        guard let call else { return body() }
        ServiceContext.withValue(call.context, operation: body)
    }

    /// Ends the spans with what became of the jobs. What is done with them afterwards, as in `with`, still counts as theirs.
    func end(_ finished: FinishedCall) {
        guard let call else { return }
        for (job, outcome) in zip(finished.jobs, finished.outcomes) {
            guard let span = jobs[job.id] else { continue }
            span.note(outcome)
            span.end()
        }
        if jobs.isEmpty, finished.jobs.count == 1 { call.note(finished.outcomes[0]) }
        call.end()
    }
}

extension Span {
    fileprivate func describe(_ job: Job) {
        updateAttributes {
            $0["trunkline.job"] = job.id
            $0["trunkline.job.attempt"] = job.attempt
            $0["trunkline.job.lane"] = "\(job.lane)"
            $0["trunkline.job.waited_ms"] = max(0, Int(-job.enqueuedAt.timeIntervalSinceNow * 1000))
            $0["trunkline.tenant_id"] = job.tenant
            if let key = job.key { $0["trunkline.job.key"] = key }
        }
    }

    fileprivate func note(_ outcome: JobOutcome) {
        attributes["trunkline.job.outcome"] = outcome.label
        switch outcome {
        case .retry(_, let failure), .dead(let failure):
            setStatus(SpanStatus(code: .error, message: failure.code))
        case .done, .snooze, .cancelled: break
        }
    }
}
