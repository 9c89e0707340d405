import Tracing
import Traces

/// Spans as OTLP over HTTP has them in JSON: ids in hexadecimal, 64-bit numbers as texts, enumerations as numbers.
///
/// Source: "OpenTelemetry Protocol Specification", section "JSON Protobuf Encoding", and `opentelemetry/proto/trace/v1/trace.proto`.
struct TraceDocument {
    private(set) var text = ""

    init(_ spans: [SpanRecord], resource: [(String, SpanAttribute)]) {
        text = #"{"resourceSpans":[{"resource":{"attributes":"#
        append(resource)
        text += #"},"scopeSpans":[{"scope":{"name":"trunkline","version":"#
        JSONWriter.append(Trunkline.version, to: &text)
        text += #"},"spans":["#
        append(spans) { $0.append($1) }
        text += "]}]}]}"
    }

    private mutating func append(_ span: SpanRecord) {
        text += #"{"traceId":"\#(span.context.trace)","spanId":"\#(span.context.span)","#
        if let parent = span.parent { text += #""parentSpanId":"\#(parent)","# }
        text += #""flags":1,"name":"#
        JSONWriter.append(span.name, to: &text)
        text += #","kind":\#(span.kind.number),"startTimeUnixNano":"\#(span.startNanoseconds)","#
        text += #""endTimeUnixNano":"\#(span.endNanoseconds)","attributes":"#
        append(span.attributes)
        if !span.events.isEmpty {
            text += #","events":["#
            append(span.events) { $0.append($1) }
            text += "]"
        }
        if !span.links.isEmpty {
            text += #","links":["#
            append(span.links.filter { $0.context.trace != nil }) { $0.append($1) }
            text += "]"
        }
        if span.droppedEvents > 0 { text += #","droppedEventsCount":\#(span.droppedEvents)"# }
        if span.droppedLinks > 0 { text += #","droppedLinksCount":\#(span.droppedLinks)"# }
        if let status = span.status {
            text += #","status":{"code":\#(status.code == .ok ? 1 : 2)"#
            if let message = status.message {
                text += #","message":"#
                JSONWriter.append(message, to: &text)
            }
            text += "}"
        }
        text += "}"
    }

    private mutating func append(_ event: SpanEvent) {
        text += #"{"timeUnixNano":"\#(event.nanosecondsSinceEpoch)","name":"#
        JSONWriter.append(event.name, to: &text)
        text += #","attributes":"#
        append(event.attributes)
        text += "}"
    }

    private mutating func append(_ link: SpanLink) {
        guard let trace = link.context.trace else { return }
        text += #"{"traceId":"\#(trace.trace)","spanId":"\#(trace.span)","attributes":"#
        append(link.attributes)
        text += "}"
    }

    private mutating func append(_ attributes: SpanAttributes) {
        var pairs: [(String, SpanAttribute)] = []
        attributes.forEach { pairs.append(($0, $1)) }
        append(pairs.sorted { $0.0 < $1.0 })
    }

    private mutating func append(_ attributes: [(String, SpanAttribute)]) {
        text += "["
        append(attributes) { document, pair in
            document.text += #"{"key":"#
            JSONWriter.append(pair.0, to: &document.text)
            document.text += #","value":"#
            document.append(pair.1)
            document.text += "}"
        }
        text += "]"
    }

    private mutating func append(_ value: SpanAttribute) {
        switch value {
        case .bool(let value): text += #"{"boolValue":\#(value)}"#
        case .int32(let value): text += #"{"intValue":"\#(value)"}"#
        case .int64(let value): text += #"{"intValue":"\#(value)"}"#
        case .double(let value) where value.isFinite: text += #"{"doubleValue":\#(value)}"#
        case .double(let value): append(text: "\(value)")
        case .string(let value): append(text: value)
        case .stringConvertible(let value): append(text: value.description)
        case .boolArray(let values): append(values.map { .bool($0) })
        case .int32Array(let values): append(values.map { .int32($0) })
        case .int64Array(let values): append(values.map { .int64($0) })
        case .doubleArray(let values): append(values.map { .double($0) })
        case .stringArray(let values): append(values.map { .string($0) })
        case .stringConvertibleArray(let values): append(values.map { .stringConvertible($0) })
        default: append(text: "")
        }
    }

    private mutating func append(text value: String) {
        text += #"{"stringValue":"#
        JSONWriter.append(value, to: &text)
        text += "}"
    }

    private mutating func append(_ values: [SpanAttribute]) {
        text += #"{"arrayValue":{"values":["#
        append(values) { $0.append($1) }
        text += "]}}"
    }

    private mutating func append<Element>(_ elements: [Element], _ one: (inout TraceDocument, Element) -> Void) {
        for (index, element) in elements.enumerated() {
            if index > 0 { text += "," }
            one(&self, element)
        }
    }
}

extension SpanKind {
    /// `Span.SpanKind` of the protocol.
    fileprivate var number: Int {
        switch self {
        case .internal: 1
        case .server: 2
        case .client: 3
        case .producer: 4
        case .consumer: 5
        }
    }
}
