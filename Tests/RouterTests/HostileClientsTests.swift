import Foundation
import Testing
import TestSupport

@testable import Router

/// Very many clients, and ones that mean ill: answers go on for the others, and memory stays within bounds.
@Suite(.database, .serialized) struct HostileClientsTests {
    @Test(.timeLimit(.minutes(5))) func `ten thousand idle connections take little, and answers go on`() async throws {
        try await RouterProcess.run(["idle-timeout": "600s", "request-timeout": "60s"]) { router async throws in
            let before = router.memory
            var sockets: [RawSocket] = []
            // As many as the limit on open files leaves room for, here and in the router.
            let wanted = min(10_000, Self.mostFiles - 2_000)
            for _ in 0..<wanted { sockets.append(try RawSocket(port: router.port)) }
            for _ in 0..<50 { #expect(try await router.ask("+358401234567").target == "+358931001") }
            let each = Double(router.memory - before) / Double(wanted)
            #expect(each < 16_384, "\(wanted) connections take \(each) bytes each")
            #expect(wanted == 10_000, "only \(wanted) files may be open")
            #expect(sockets.count == wanted)
        }
    }

    @Test(.timeLimit(.minutes(5))) func `clients that mean ill get no more memory than there is room for, and are let go`()
        async throws
    {
        try await RouterProcess.run(["request-timeout": "3s"]) { router async throws in
            let before = router.memory
            var most = 0
            var sockets: [RawSocket] = []
            func ask() async throws {
                #expect(try await router.ask("+358401234567").target == "+358931001")
                most = max(most, router.memory - before)
            }
            // Heads that never end; bodies that never end, with a key and without one; questions whose answers nobody takes.
            let head = Array(("POST /route HTTP/1.1\r\nX: " + String(repeating: "x", count: 8000)).utf8)
            let long = Array("POST /route HTTP/1.1\r\nX-Benemen-APIKey: \(router.key)\r\nContent-Length: 65000\r\n\r\n".utf8)
            let pieces = Array(
                "POST /route HTTP/1.1\r\nX-Benemen-APIKey: \(router.key)\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\n".utf8)
            let strange = Array("POST /route HTTP/1.1\r\nContent-Length: 65000\r\n\r\n".utf8)
            let filler = [UInt8](repeating: 0x20, count: 60_000)
            let descriptions = Array(String(repeating: "GET /openapi.json HTTP/1.1\r\n\r\n", count: 20_000).utf8)
            for round in 0..<300 {
                for bytes in [head, long + filler, pieces + filler, strange + filler] {
                    let socket = try RawSocket(port: router.port)
                    _ = socket.send(bytes)
                    sockets.append(socket)
                }
                if round % 4 == 0 {
                    let socket = try RawSocket(port: router.port)
                    var sent = 0
                    // Until the router reads no more.
                    while sent < 4_000_000, case let count = socket.send(descriptions), count > 0 { sent += count }
                    sockets.append(socket)
                }
                if round % 10 == 0 { try await ask() }
            }
            for _ in 0..<20 { try await ask() }
            #expect(most < 150_000_000, "\(most) bytes more")
            #expect(router.isRunning)
            try await eventually(within: .seconds(180), "all of them are let go") { sockets.allSatisfy { $0.isEnded } }
            try await ask()
        }
    }

    private static var mostFiles: Int {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        return Int(limit.rlim_cur)
    }
}
