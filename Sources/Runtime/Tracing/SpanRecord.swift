import Tracing
import Traces

/// A span that has ended, as it is sent.
struct SpanRecord: Sendable {
    var name: String
    var kind: SpanKind
    var context: TraceContext
    var parent: SpanID?
    var startNanoseconds: UInt64
    var endNanoseconds: UInt64 = 0
    var attributes = SpanAttributes()
    var events: [SpanEvent] = []
    var links: [SpanLink] = []
    var status: SpanStatus?
    /// Events and links beyond what one span may have.
    var droppedEvents = 0
    var droppedLinks = 0

    /// A batch of calls has at most a hundred links; what has more is a mistake that must not eat memory.
    static let mostEvents = 64
    static let mostLinks = 128

    mutating func add(_ event: SpanEvent) {
        if events.count < Self.mostEvents { events.append(event) } else { droppedEvents += 1 }
    }

    mutating func add(_ link: SpanLink) {
        if links.count < Self.mostLinks { links.append(link) } else { droppedLinks += 1 }
    }
}
