import Runtime
import TestSupport
import Testing

@testable import Console

@Suite struct ConsoleServerTests {
    @Test(.database) func `no more connections are open than may be, and who waits is served when one ends`() async throws {
        try await TestConsole.run(bounds: ConnectionBounds(most: 1)) { console in
            var first: RawSocket? = try RawSocket(port: console.port)
            try await ask(try #require(first))
            let second = try RawSocket(port: console.port)
            _ = second.send(Self.question)
            for _ in 0..<20 { try await ask(try #require(first)) }
            #expect(second.received().isEmpty)
            first = nil
            try await eventually("the other is served") { second.received().contains("HTTP/1.1 303") }
        }
    }

    private static let question = Array("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8)

    private func ask(_ socket: RawSocket) async throws {
        _ = socket.send(Self.question)
        try await eventually("it is answered") { socket.received().contains("HTTP/1.1 303") }
    }
}
