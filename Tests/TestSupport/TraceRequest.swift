import Foundation

/// `ExportTraceServiceRequest` in JSON; anything that the protocol does not allow there is refused.
enum TraceRequest {
    private struct Document: Decodable {
        struct Resource: Decodable {
            var attributes: [Pair]
        }
        struct Group: Decodable {
            var resource: Resource
            var scopeSpans: [Scope]
        }
        struct Scope: Decodable {
            struct Name: Decodable {
                var name: String
            }
            var scope: Name
            var spans: [Span]
        }
        var resourceSpans: [Group]
    }

    private struct Pair: Decodable {
        var key: String
        var value: Value
    }

    private struct Value: Decodable {
        var stringValue: String?
        var boolValue: Bool?
        // 64-bit numbers are texts.
        var intValue: String?
        var doubleValue: Double?
        var arrayValue: List?

        struct List: Decodable {
            var values: [Value]
        }

        var text: String {
            get throws {
                let texts = [
                    stringValue, boolValue.map { "\($0)" }, intValue, doubleValue.map { "\($0)" },
                    try arrayValue.map { try $0.values.map { try $0.text }.joined(separator: ",") },
                ].compactMap(\.self)
                guard texts.count == 1 else { throw TraceCollector.Fault("a value has \(texts.count) kinds") }
                if let intValue, Int64(intValue) == nil { throw TraceCollector.Fault("\(intValue) is no number") }
                return texts[0]
            }
        }
    }

    private struct Span: Decodable {
        struct Event: Decodable {
            var timeUnixNano: String
            var name: String
            var attributes: [Pair]?
        }
        struct Link: Decodable {
            var traceId: String
            var spanId: String
        }
        struct Status: Decodable {
            var code: Int
        }
        var traceId: String
        var spanId: String
        var parentSpanId: String?
        var name: String
        var kind: Int
        var startTimeUnixNano: String
        var endTimeUnixNano: String
        var attributes: [Pair]?
        var events: [Event]?
        var links: [Link]?
        var status: Status?
    }

    static func spans(_ body: Data) throws -> [TraceCollector.Span] {
        try JSONDecoder().decode(Document.self, from: body).resourceSpans.flatMap { group in
            let resource = try texts(group.resource.attributes)
            return try group.scopeSpans.flatMap(\.spans).map { try span($0, resource) }
        }
    }

    private static func span(_ span: Span, _ resource: [String: String]) throws -> TraceCollector.Span {
        guard (1...5).contains(span.kind), !span.name.isEmpty else { throw TraceCollector.Fault("kind or name is missing") }
        guard let start = UInt64(span.startTimeUnixNano), let end = UInt64(span.endTimeUnixNano), start <= end else {
            throw TraceCollector.Fault("the times can't be read, or go backwards")
        }
        for event in span.events ?? [] where UInt64(event.timeUnixNano) == nil {
            throw TraceCollector.Fault("an event's time can't be read")
        }
        return TraceCollector.Span(
            trace: try id(span.traceId, 32), id: try id(span.spanId, 16), parent: try span.parentSpanId.map { try id($0, 16) },
            name: span.name, kind: span.kind, start: start, end: end, attributes: try texts(span.attributes ?? []),
            events: (span.events ?? []).map(\.name),
            links: try (span.links ?? []).map { [try id($0.traceId, 32), try id($0.spanId, 16)] },
            status: span.status?.code ?? 0, resource: resource)
    }

    private static func texts(_ pairs: [Pair]) throws -> [String: String] {
        Dictionary(try pairs.map { ($0.key, try $0.value.text) }) { $1 }
    }

    /// Hexadecimal, of the right length, and not all zeros.
    private static func id(_ text: String, _ length: Int) throws -> String {
        guard text.count == length, text.allSatisfy({ $0.isHexDigit && !$0.isUppercase }), text.contains(where: { $0 != "0" })
        else {
            throw TraceCollector.Fault("\(text) is no id")
        }
        return text
    }
}
