import Synchronization
import Tracing
import Traces

/// A span in the making. Ended, it goes to the queue of those to be sent, if its trace is kept.
final class TraceSpan: Span {
    let context: ServiceContext
    let isRecording: Bool
    /// Nil once it has ended.
    private let record: Mutex<SpanRecord?>
    private let queue: SpanQueue

    init(_ record: SpanRecord, context: ServiceContext, queue: SpanQueue) {
        self.context = context
        self.queue = queue
        isRecording = record.context.isSampled
        self.record = Mutex(record)
    }

    var operationName: String {
        get { record.withLock { $0?.name } ?? "" }
        set { record.withLock { $0?.name = newValue } }
    }

    var attributes: SpanAttributes {
        get { record.withLock { $0?.attributes } ?? [:] }
        set { if isRecording { record.withLock { $0?.attributes = newValue } } }
    }

    func setStatus(_ status: SpanStatus) { record.withLock { $0?.status = status } }

    func addEvent(_ event: SpanEvent) { if isRecording { record.withLock { $0?.add(event) } } }

    func addLink(_ link: SpanLink) { if isRecording { record.withLock { $0?.add(link) } } }

    func recordError<Instant: TracerInstant>(
        _ error: any Error, attributes: SpanAttributes, at instant: @autoclosure () -> Instant
    ) {
        guard isRecording else { return }
        var attributes = attributes
        attributes["exception.type"] = String(describing: type(of: error))
        // Our errors' descriptions are made for logs; of others' one can't be sure.
        attributes["exception.message"] = MaskedNumber.masking("\(error)")
        addEvent(SpanEvent(name: "exception", at: instant(), attributes: attributes))
    }

    func end<Instant: TracerInstant>(at instant: @autoclosure () -> Instant) {
        let ended = record.withLock { record in
            defer { record = nil }
            return record
        }
        guard var ended, isRecording else { return }
        // A clock that was put back in between must not give a span that ends before it began.
        ended.endNanoseconds = max(instant().nanosecondsSinceEpoch, ended.startNanoseconds)
        queue.offer(ended)
    }
}
