import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Postgres
import TestSupport
import Testing

@testable import Rehearsal

/// The door for webhooks of the running program: bodies too large, too slow and too many, and whom a proxy says they are from.
@Suite(.serialized, .timeLimit(.minutes(20))) struct WebhookListenerTests {
    private static let atOnce = 8
    private static let path = "/webhooks/enreach/\(RehearsedHub.tenant)"

    private func withInstance(_ configuration: String, _ body: (Instance, RehearsedHub) async throws -> Void) async throws {
        var options = RehearsedHub.Options()
        options.programs = try BuiltProgram.folder()
        options.sandboxArguments = ["--scenario", "people"]
        options.configuration = "webhook: {at_once: \(Self.atOnce), \(configuration)}"
        try await RehearsedHub.use(options) { hub in
            let instance = try hub.startInstance()
            try await instance.ready(within: .seconds(120))
            try await body(instance, hub)
        }
    }

    private func post(_ body: [UInt8], to instance: Instance, forwarded: String? = nil) async throws -> HTTPClientResponse {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(instance.port)\(Self.path)")
        request.method = .POST
        request.headers = ["X-Benemen-Token": SandboxCredentials.webhookSecret, "X-Benemen-Event": "UserStatus"]
        if let forwarded { request.headers.add(name: "X-Forwarded-For", value: forwarded) }
        request.body = .bytes(body)
        return try await HTTPClient.shared.execute(request, timeout: .seconds(30))
    }

    private static func event(_ number: Int) -> [UInt8] {
        Array(#"{"Id":"00000000-0000-4000-8000-\#(String(format: "%012d", number))"}"#.utf8)
    }

    /// The head of a webhook and the beginning of its body, of which the rest never comes.
    private static func beginning(of length: Int) -> [UInt8] {
        Array(
            """
            POST \(path) HTTP/1.1\r\nHost: hub\r\nX-Benemen-Token: \(SandboxCredentials.webhookSecret)\r\n\
            Content-Length: \(length)\r\n\r\n{"Id":"
            """.utf8)
    }

    @Test func `a body over 256 KiB is refused, whether its length is told or not`() async throws {
        try await withInstance("forwarded: false") { (instance, hub) async throws in
            let large = Array(repeating: UInt8(ascii: " "), count: 256 * 1024 + 1)
            #expect(try await post(large, to: instance).status == .payloadTooLarge)
            var request = HTTPClientRequest(url: "http://127.0.0.1:\(instance.port)\(Self.path)")
            request.method = .POST
            request.headers = ["X-Benemen-Token": SandboxCredentials.webhookSecret]
            request.body = .stream(large.pieces(of: 10_000), length: .unknown)
            #expect(try await HTTPClient.shared.execute(request, timeout: .seconds(30)).status == .payloadTooLarge)
            #expect(try await post(Array(large.dropLast()), to: instance).status == .accepted)
        }
    }

    @Test func `slow bodies take no more than their places, others are told to come again, and nothing that was taken is lost`()
        async throws
    {
        try await withInstance("forwarded: false") { (instance, hub) async throws in
            #expect(try await post(Self.event(0), to: instance).status == .accepted)
            let before = IdleRun.residentMegabytes(of: instance.identifier)
            var slow = try (0..<200).map { _ in try RawSocket(port: instance.port) }
            for socket in slow { #expect(socket.send(Self.beginning(of: 200_000)) > 0) }
            try await eventually("all places are taken") {
                try await post(Self.event(1), to: instance).status == .tooManyRequests
            }
            let busy = try await post(Self.event(2), to: instance)
            #expect(busy.status == .tooManyRequests && busy.headers.first(name: "Retry-After") != nil)
            // Health answers all the same.
            #expect(try await instance.page("/health/live").status == 200)
            // Places for eight bodies of 256 KiB; the rest is what two hundred connections need.
            #expect(IdleRun.residentMegabytes(of: instance.identifier) < before + 64)
            slow = []
            try await eventually("the places are free again") { try await post(Self.event(3), to: instance).status == .accepted }

            let answers = try await withThrowingTaskGroup(of: UInt.self) { group in
                for number in 100..<600 { group.addTask { try await post(Self.event(number), to: instance).status.code } }
                return try await group.reduce(into: [UInt]()) { $0.append($1) }
            }
            let taken = answers.filter { $0 == 202 }.count
            #expect(taken > 0 && answers.allSatisfy { $0 == 202 || $0 == 429 }, "\(Set(answers))")
            let kept = try await hub.database.query(
                Statement("", "SELECT count(*) FROM hub.webhook_event WHERE event_id::text ~ '-000000000[1-5][0-9]{2}$'"))
            #expect(try kept[0][0].decode(Int.self) == taken)
        }
    }

    @Test func `behind a proxy the last address that it noted counts`() async throws {
        try await withInstance("forwarded: true, networks: 203.0.113.0/24") { (instance, hub) async throws in
            #expect(try await post(Self.event(1), to: instance, forwarded: "198.51.100.1, 203.0.113.9").status == .accepted)
            for forwarded in ["203.0.113.9, 198.51.100.1", "nonsense", nil] {
                #expect(
                    try await post(Self.event(2), to: instance, forwarded: forwarded).status == .unauthorized,
                    "\(forwarded ?? "none")")
            }
        }
    }
}

extension [UInt8] {
    /// In pieces, as they would come over a line.
    fileprivate func pieces(of size: Int) -> AsyncStream<ByteBuffer> {
        AsyncStream { stream in
            for start in Swift.stride(from: 0, to: count, by: size) {
                stream.yield(ByteBuffer(bytes: self[start..<Swift.min(start + size, count)]))
            }
            stream.finish()
        }
    }
}
