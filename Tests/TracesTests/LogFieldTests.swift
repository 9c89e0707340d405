import Logging
import NIOHTTP1
import Tracing
import Testing

@testable import Traces

@Suite struct LogFieldTests {
    private let trace = TraceContext(traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")

    private var metadata: Logger.Metadata { Logger.MetadataProvider.ofContext.get() }

    @Test func `lines carry whose work it is, which call's, and the trace, as far as each is known`() async {
        #expect(metadata.isEmpty)
        await ServiceContext.withLogFields(["tenant": "north", "call": nil]) {
            #expect(metadata == ["tenant": "north"])
            await ServiceContext.withLogFields(["call": "c-1"]) { #expect(metadata == ["tenant": "north", "call": "c-1"]) }
            ServiceContext.withValue(.current(with: trace)) {
                #expect(
                    metadata == [
                        "tenant": "north", "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736", "span_id": "00f067aa0ba902b7",
                    ])
            }
            #expect(metadata == ["tenant": "north"])
        }
        #expect(metadata.isEmpty)
    }

    @Test func `without a tracer nothing is written into headers or read out of them`() {
        ServiceContext.withValue(.current(with: trace)) {
            var headers = HTTPHeaders()
            headers.addTrace()
            #expect(headers.isEmpty)
        }
        #expect(ServiceContext.current(reading: ["traceparent": trace?.traceparent ?? ""]).trace == nil)
    }
}
