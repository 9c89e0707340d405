import Jobs
import Logging
import Postgres
import Synchronization
import TestSupport
import Testing
import Tracing
import Traces

@testable import Runtime

/// How traces go through the job table.
@Suite(.database, .timeLimit(.minutes(10))) struct JobTracingTests {
    private struct Handler: JobHandler {
        static let kind = "test.traced"
        let batchSize: Int
        let seen = Seen()

        final class Seen: Sendable {
            let payloads = Mutex<[String]>([])
            let traces = Mutex<[TraceContext?]>([])
        }

        func handle(_ jobs: [Job], context: JobContext) async throws -> JobResults {
            seen.payloads.withLock { $0 += jobs.map(\.payload.text) }
            seen.traces.withLock { $0.append(TraceContext.current) }
            return JobResults(outcomes: [jobs[0].id: .dead(JobFailure(code: "no", message: "n"))], otherwise: .done())
        }
    }

    private let queue = SpanQueue()

    /// Enqueues what `enqueue` does, lets a worker do it, and answers the worker's spans.
    private func work(
        batchSize: Int, jobs count: Int, traced: Bool = true, _ enqueue: @escaping @Sendable (JobQueue) async throws -> Void
    ) async throws -> (spans: [SpanRecord], handler: Handler) {
        let database = try await TestDatabase.current.fresh().connect()
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let handler = Handler(batchSize: batchSize)
        @Sendable func run() async throws {
            try await enqueue(JobQueue(database: database))
            var configuration = JobWorkerConfiguration()
            configuration.pollAtMost = .milliseconds(10)
            let worker = JobWorker(
                database: database, listener: nil, program: "test", handlers: [handler], configuration: configuration,
                logger: logger)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await worker.run() }
                try await eventually("they are done") { handler.seen.payloads.withLock { $0.count } == count }
                if traced { try await eventually("the spans have ended") { queue.count >= 1 } }
                try await eventually("they are written down") {
                    try await database.query(
                        Statement("", "SELECT (SELECT count(*) FROM hub.job_ready) + (SELECT count(*) FROM hub.job_lease)"))[0]
                        .decode(
                            Int64.self) == 0
                }
                group.cancelAll()
            }
        }
        if traced { try await withTracer(SpanTracer(queue: queue, ratio: 1)) { try await run() } } else { try await run() }
        await database.close()
        return (queue.take(atMost: 1000), handler)
    }

    private func job(_ payload: JSONB = "{}") -> NewJob { NewJob(kind: Handler.kind, tenant: 1, payload: payload) }

    @Test func `a job goes on with the trace in which it was enqueued`() async throws {
        let (spans, handler) = try await work(batchSize: 1, jobs: 1) { queue in
            try await InstrumentationSystem.tracer.withAnySpan("webhook", ofKind: .server) { _ in
                _ = try await queue.enqueue([job("{\"call\":\"c\"}")])
            }
        }
        let (webhook, call) = (
            try #require(spans.first { $0.name == "webhook" }), try #require(spans.first { $0.name == Handler.kind })
        )
        #expect(call.context.trace == webhook.context.trace && call.parent == webhook.context.span && call.kind == .consumer)
        #expect(call.status?.code == .error && call.attributes.get("trunkline.job.outcome") == .string("dead"))
        #expect(handler.seen.traces.withLock { $0 } == [call.context])
        let payload = try #require(handler.seen.payloads.withLock { $0.first })
        #expect(payload.contains("\"call\": \"c\"") && payload.contains("\"trace\": \"\(webhook.context.traceparent)\""))
    }

    @Test func `a batch of several traces begins its own, linked to theirs, and shows in each of them`() async throws {
        let (spans, _) = try await work(batchSize: 10, jobs: 4) { queue in
            var jobs = [job()]
            jobs[0].trace = nil
            for number in 0..<3 {
                InstrumentationSystem.tracer.withAnySpan("cause \(number)") { _ in jobs.append(job()) }
            }
            _ = try await queue.enqueue(jobs)
        }
        let batch = try #require(spans.first { $0.name == "\(Handler.kind) batch" })
        let causes = spans.filter { $0.name.hasPrefix("cause") }
        let ones = spans.filter { $0.name == Handler.kind }
        #expect(batch.parent == nil && !causes.map(\.context.trace).contains(batch.context.trace))
        #expect(Set(batch.links.compactMap(\.context.trace)) == Set(causes.map(\.context)))
        #expect(Set(ones.map(\.context.trace)) == Set(causes.map(\.context.trace)) && ones.count == 3, "the one without has none")
        #expect(ones.allSatisfy { $0.links.first?.context.trace == batch.context })
        #expect(batch.attributes.get("trunkline.jobs") == .int64(4))
    }

    @Test func `a batch of one trace is within it`() async throws {
        let (spans, _) = try await work(batchSize: 10, jobs: 2) { queue in
            try await InstrumentationSystem.tracer.withAnySpan("poll") { _ in _ = try await queue.enqueue([job(), job()]) }
        }
        let poll = try #require(spans.first { $0.name == "poll" })
        let batch = try #require(spans.first { $0.name == "\(Handler.kind) batch" })
        #expect(batch.parent == poll.context.span && spans.allSatisfy { $0.context.trace == poll.context.trace })
    }

    @Test func `without traces payloads stay as they are`() async throws {
        let (spans, handler) = try await work(batchSize: 1, jobs: 1, traced: false) { queue in
            _ = try await queue.enqueue([job()])
        }
        #expect(spans.isEmpty && handler.seen.payloads.withLock { $0 } == ["{}"])
    }
}
