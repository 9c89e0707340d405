import NIOHTTP1
import TestSupport
import Testing
import Tracing
import Traces

@testable import Runtime

@Suite struct SpanTracerTests {
    private let queue = SpanQueue()
    private static let sent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    private func tracer(_ ratio: Double = 1) -> SpanTracer { SpanTracer(queue: queue, ratio: ratio) }

    @Test func `spans within each other are of one trace, each the child of the one around it`() throws {
        struct Trouble: Error {}
        let tracer = tracer()
        tracer.withSpan("outer", ofKind: .server) { outer in
            outer.attributes["tenant"] = "north"
            #expect(throws: Trouble.self) { try tracer.withSpan("inner") { _ in throw Trouble() } }
        }
        let spans = queue.take(atMost: 10)
        let (inner, outer) = (try #require(spans.first), try #require(spans.last))
        #expect(spans.count == 2 && inner.name == "inner" && outer.name == "outer")
        #expect(inner.context.trace == outer.context.trace && inner.parent == outer.context.span && outer.parent == nil)
        #expect(inner.status?.code == .error && inner.events.map(\.name) == ["exception"] && outer.status == nil)
        #expect(inner.startNanoseconds >= outer.startNanoseconds && inner.endNanoseconds <= outer.endNanoseconds)
    }

    @Test func `a trace that came with a request goes on, and goes out with requests`() throws {
        let tracer = tracer(0)
        var context = ServiceContext.topLevel
        tracer.extract(["traceparent": Self.sent], into: &context, using: FieldExtractor())
        let span = tracer.startSpan("webhook", context: context, ofKind: .server)
        var headers = HTTPHeaders()
        tracer.inject(span.context, into: &headers, using: HeaderInjector())
        span.end()
        let record = try #require(queue.take(atMost: 1).first)
        let sent = try #require(TraceContext(traceparent: Self.sent))
        #expect(record.context.trace == sent.trace && record.parent == sent.span, "kept, since the one who sent it keeps it")
        #expect(headers["traceparent"] == [record.context.traceparent])
        var other = ServiceContext.topLevel
        tracer.extract(["traceparent": "nonsense"], into: &other, using: FieldExtractor())
        #expect(other.trace == nil)
    }

    @Test func `of new traces the share that was asked for is kept, each of them whole`() {
        let tracer = tracer(0.25)
        for _ in 0..<2000 { tracer.withSpan("outer") { _ in tracer.withSpan("inner") { _ in } } }
        let spans = queue.take(atMost: 10_000)
        let (inner, outer) = (spans.filter { $0.name == "inner" }, spans.filter { $0.name == "outer" })
        #expect(outer.count > 400 && outer.count < 600)
        #expect(Set(inner.map(\.context.trace)) == Set(outer.map(\.context.trace)))
    }

    @Test func `whether a new trace is kept can be decided before`() {
        for keeps in [true, false] {
            var context = ServiceContext.topLevel
            context.keepsNewTrace = keeps
            tracer(keeps ? 0 : 1).withSpan("batch", context: context) { span in
                #expect(span.isRecording == keeps)
                #expect(span.context.keepsNewTrace == nil)
            }
            #expect(queue.take(atMost: 10).count == (keeps ? 1 : 0))
        }
    }

    @Test func `numbers in errors are masked, and an ended span changes no more`() throws {
        struct Trouble: Error, CustomStringConvertible { let description = "no answer for +358501234567" }
        let span = tracer().startSpan("call")
        span.recordError(Trouble())
        span.end()
        span.attributes["late"] = "x"
        span.end()
        let records = queue.take(atMost: 10)
        #expect(records.count == 1)
        let record = try #require(records.first)
        #expect(record.attributes.isEmpty)
        #expect(record.events.first?.attributes.get("exception.message") == .string("no answer for +358…67"))
    }

    @Test func `who ends a span never waits: what is too much is dropped`() {
        let small = SpanQueue(most: 3)
        let tracer = SpanTracer(queue: small, ratio: 1)
        for number in 0..<10 { tracer.withSpan("\(number)") { _ in } }
        #expect(small.take(atMost: 2).map(\.name) == ["0", "1"])
        #expect(small.take(atMost: 5).map(\.name) == ["2"])
        #expect(small.count == 0)
    }

    @Test func `a span keeps so many events and links and counts the others`() throws {
        let span = tracer().startSpan("busy")
        for _ in 0..<SpanRecord.mostEvents + 3 { span.addEvent("e") }
        for _ in 0..<SpanRecord.mostLinks + 2 { span.addLink(SpanLink(context: span.context, attributes: [:])) }
        span.end()
        let record = try #require(queue.take(atMost: 1).first)
        #expect(record.events.count == SpanRecord.mostEvents && record.droppedEvents == 3)
        #expect(record.links.count == SpanRecord.mostLinks && record.droppedLinks == 2)
    }
}
