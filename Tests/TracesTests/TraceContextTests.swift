import Testing

@testable import Traces

@Suite struct TraceContextTests {
    private static let example = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    @Test func `a header's value is read and written back as it was`() throws {
        let context = try #require(TraceContext(traceparent: Self.example))
        #expect(context.trace.description == "4bf92f3577b34da6a3ce929d0e0e4736")
        #expect(context.span.description == "00f067aa0ba902b7")
        #expect(context.isSampled)
        #expect(context.traceparent == Self.example)
        let unkept = try #require(TraceContext(traceparent: Self.example.dropLast(2) + "00"))
        #expect(!unkept.isSampled && unkept.traceparent.hasSuffix("-00"))
    }

    @Test func `of a later version what is known is taken, and other flags are passed over`() throws {
        let later = try #require(TraceContext(traceparent: "cc" + Self.example.dropFirst(2) + "-what-the-future-has"))
        #expect(later.traceparent == Self.example)
        #expect(TraceContext(traceparent: Self.example.dropLast(2) + "03")?.isSampled == true)
    }

    @Test(arguments: [
        "", "00", "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01", "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01", "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0g",
        "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01x", "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    ])
    func `what is no header's value is refused`(text: String) { #expect(TraceContext(traceparent: text) == nil) }

    @Test func `ids drawn are valid, and their lots spread evenly`() {
        let ids = (0..<2000).map { _ in TraceID.random() }
        #expect(Set(ids).count == 2000)
        for id in ids.prefix(50) {
            let text = TraceContext(trace: id, span: .random(), isSampled: true).traceparent
            #expect(TraceContext(traceparent: text)?.trace == id)
        }
        #expect(ids.allSatisfy { (0..<1).contains($0.lot) })
        let share = Double(ids.count { $0.lot < 0.25 }) / 2000
        #expect(share > 0.2 && share < 0.3)
    }
}
