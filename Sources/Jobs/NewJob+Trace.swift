internal import FoundationEssentials
internal import Postgres
package import Traces

/// How a trace goes through the job table: as the member `trace` of the payload, in the form of the W3C's `traceparent`.
enum JobTrace {
    static let member = "trace"

    /// The payload with the trace in it. A payload that is no object stays as it is.
    static func adding(_ trace: TraceContext?, to payload: JSONB) -> JSONB {
        guard let trace else { return payload }
        let blanks: Set<UInt8> = [0x20, 0x09, 0x0A, 0x0D]
        guard let brace = payload.bytes.firstIndex(where: { !blanks.contains($0) }), payload.bytes[brace] == UInt8(ascii: "{"),
            let next = payload.bytes[(brace + 1)...].first(where: { !blanks.contains($0) })
        else { return payload }
        var bytes = Array("{\"\(member)\":\"\(trace.traceparent)\"".utf8)
        if next != UInt8(ascii: "}") { bytes.append(UInt8(ascii: ",")) }
        bytes += payload.bytes[(brace + 1)...]
        return JSONB(bytes: bytes)
    }

    static func find(in payload: JSONB) -> TraceContext? {
        struct Carrier: Decodable {
            var trace: String?
        }
        return (try? payload.decode(Carrier.self))?.trace.flatMap { TraceContext(traceparent: $0) }
    }
}

extension Job {
    /// The trace in which the job was enqueued; nil when it was none.
    package var trace: TraceContext? { JobTrace.find(in: payload) }
}
