import AsyncHTTPClient
import Foundation
import Logging
import Synchronization
import Testing

@testable import Enreach

@Suite("The client against a server that answers what it is told", .serialized)
struct EnreachClientTests {
    static let fast = RetryPolicy(attempts: 3, base: .milliseconds(2), cap: .milliseconds(5), longestRetryAfter: .seconds(2))

    /// As the programs make theirs: what fails is the client's to try again.
    static let http: HTTPClient = {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(configuration: configuration)
    }()

    func client(_ url: String, adjust: (inout EnreachConfiguration) -> Void = { _ in }) -> EnreachClient {
        var configuration = EnreachConfiguration(
            address: .api(url: url), username: "api@example.com", credential: .secretKey("key"))
        configuration.retry = Self.fast
        adjust(&configuration)
        return EnreachClient(configuration: configuration, http: Self.http, logger: Logger(label: "test"))
    }

    func failure(_ body: () async throws -> some Sendable) async -> EnreachError? {
        do {
            _ = try await body()
            return nil
        } catch { return error as? EnreachError }
    }

    @Test("A request carries the headers, the filter and the user's key")
    func request() async throws {
        let server = try ScriptedServer { _, _ in ScriptedServer.answer(200, "[]", "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n") }
        defer { server.stop() }
        let listing = try await client(server.url + "/").calls(
            modifiedAfter: Date(timeIntervalSince1970: 0.5), modifiedBefore: Date(timeIntervalSince1970: 60.5))
        let request = try #require(server.seen.first)
        #expect(
            request.line == "GET /calls?ModifiedAfter=1970-01-01%2000%3A00%3A00&ModifiedBefore=1970-01-01%2000%3A01%3A01 HTTP/1.1"
        )
        #expect(request.headers["authorization"] == "Basic " + Data("api@example.com:key".utf8).base64EncodedString())
        #expect(request.headers["x-json-serializer"] == "2")
        #expect(request.headers["accept"] == "application/json")
        #expect(listing.serverTime == Date(timeIntervalSince1970: 784_111_777))
    }

    @Test("A wide window is asked for in slices, and what lies on a seam comes once")
    func slices() async throws {
        let server = try ScriptedServer { _, _ in ScriptedServer.answer(200, #"[{"ANum":"1"},{"ANum":"2"}]"#) }
        defer { server.stop() }
        let listing = try await client(server.url).calls(
            startedAfter: Date(timeIntervalSince1970: 0), startedBefore: Date(timeIntervalSince1970: 70 * 86400))
        #expect(server.seen.count == 3)
        #expect(listing.count == 2)
    }

    @Test("The address is found by user name, once", arguments: ["", "/"])
    func discovery(slash: String) async throws {
        let port = PortBox()
        let server = try ScriptedServer { request, _ in
            if request.line.hasPrefix("GET /api/user?user=api%40example.com ") {
                return ScriptedServer.answer(
                    200, #"[{"siloName":"S","apiEndpoint":"http://127.0.0.1:\#(port.value)/base\#(slash)"}]"#)
            }
            return ScriptedServer.answer(request.line.hasPrefix("GET /base/users ") ? 200 : 404, "[]")
        }
        defer { server.stop() }
        port.value = server.port
        let client = client("") { $0.address = .discovery(url: server.url) }
        _ = try await client.users()
        _ = try await client.users()
        #expect(server.seen.count == 3)
    }

    @Test("A user the discovery service does not know is a matter of configuration")
    func unknownUser() async throws {
        let server = try ScriptedServer { _, _ in ScriptedServer.answer(200, "[]") }
        defer { server.stop() }
        let client = client("") { $0.address = .discovery(url: server.url) }
        #expect(await failure { try await client.users() }?.code == .configuration)
    }

    @Test(
        "No key is sent in clear to where the discovery service points",
        arguments: ["http://203.0.113.1/base", "http://localhost@203.0.113.1", "nonsense"])
    func discoveredInClear(endpoint: String) async throws {
        let server = try ScriptedServer { _, _ in ScriptedServer.answer(200, #"[{"apiEndpoint":"\#(endpoint)"}]"#) }
        defer { server.stop() }
        let client = client("") { $0.address = .discovery(url: server.url) }
        #expect(await failure { try await client.users() }?.code == .configuration)
        #expect(server.seen.count == 1)
    }

    @Test("A password is exchanged for the key, and again after a 401")
    func password() async throws {
        let server = try ScriptedServer { request, count in
            if request.line.hasPrefix("POST /authuser/api%40example.com ") {
                return ScriptedServer.answer(200, #"{"SecretKey":"key\#(count)","UserID":"x"}"#)
            }
            let isCurrent =
                request.headers["authorization"] == "Basic " + Data("api@example.com:key\(count - 1)".utf8).base64EncodedString()
            return ScriptedServer.answer(isCurrent ? 200 : 401, "[]")
        }
        defer { server.stop() }
        let client = client(server.url) { $0.credential = { .password("p\"w\\d") } }
        _ = try await client.users()
        #expect(server.seen.first?.body == #"{"UserName":"api@example.com","Password":"p\"w\\d"}"#)
        _ = try await client.users()
        #expect(server.seen.map { $0.line.prefix(9) } == ["POST /aut", "GET /user", "GET /user", "POST /aut", "GET /user"])
    }

    @Test(
        "Statuses are typed",
        arguments: [
            (401, EnreachError.Code.unauthorized), (403, .forbidden), (404, .notFound), (400, .badRequest), (302, .badRequest),
        ])
    func statuses(status: Int, code: EnreachError.Code) async throws {
        let server = try ScriptedServer { _, _ in ScriptedServer.answer(status, #"{"Message":"+358501234567"}"#) }
        defer { server.stop() }
        let error = try #require(await failure { try await client(server.url).users() })
        #expect(error.code == code)
        #expect(error.status == status)
        #expect(!error.description.contains("358"))
        #expect(error.debugDescription.contains("+358501234567"))
        #expect(error.attempts == 1)
    }

    @Test("A failing server and a closed connection are tried again", arguments: [500, 503, 429, 0])
    func retried(status: Int) async throws {
        let server = try ScriptedServer { _, count in
            count < 3 ? (status == 0 ? nil : ScriptedServer.answer(status, "<html>oops")) : ScriptedServer.answer(200, "[]")
        }
        defer { server.stop() }
        #expect(try await client(server.url).users().isEmpty)
        #expect(server.seen.count == 3)
    }

    @Test("When the attempts are used up the error says so")
    func exhausted() async throws {
        let server = try ScriptedServer { _, _ in ScriptedServer.answer(503, "<html>") }
        defer { server.stop() }
        let error = try #require(await failure { try await client(server.url).users() })
        #expect(error.code == .transient && error.attempts == 3 && error.isTransient)
        #expect(error.description == "Enreach GET users: the server failed (status 503), after 3 attempts")
    }

    @Test("Retry-After over the limit ends the request at once and is handed on")
    func throttled() async throws {
        let server = try ScriptedServer { _, _ in ScriptedServer.answer(429, "{}", "Retry-After: 90\r\n") }
        defer { server.stop() }
        let error = try #require(await failure { try await client(server.url).users() })
        #expect(error.code == .throttled && error.retryAfter == .seconds(90) && error.attempts == 1)
    }

    @Test("A short Retry-After is waited for")
    func patient() async throws {
        let server = try ScriptedServer { _, count in
            count == 1 ? ScriptedServer.answer(429, "{}", "Retry-After: 0.2\r\n") : ScriptedServer.answer(200, "[]")
        }
        defer { server.stop() }
        let start = ContinuousClock.now
        _ = try await client(server.url).users()
        #expect(start.duration(to: .now) >= .milliseconds(200))
    }

    @Test(
        "An answer that is cut or no JSON is asked for once more, then handed up with its beginning",
        arguments: ["[{\"ANum\":\"+358501234567\"", "<html>+358501234567", "{\"Number\":\"+358501234567\"}"])
    func malformed(body: String) async throws {
        let server = try ScriptedServer { _, _ in ScriptedServer.answer(200, body) }
        defer { server.stop() }
        let error = try #require(
            await failure { try await client(server.url).calls(modifiedAfter: Date(), modifiedBefore: Date()) })
        #expect(error.code == .malformed)
        #expect(error.bodyStart == body)
        #expect(!error.description.contains("358501234567"))
        #expect(server.seen.count == 2)
    }

    @Test("A body that ends before its announced length is a failed connection")
    func cutBody() async throws {
        let server = try ScriptedServer { _, count in
            count == 1 ? "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n[{" : ScriptedServer.answer(200, "[]")
        }
        defer { server.stop() }
        #expect(try await client(server.url).users().isEmpty)
        #expect(server.seen.count == 2)
    }

    @Test("A refused connection is told in plain words")
    func refused() async throws {
        let server = try ScriptedServer { _, _ in nil }
        server.stop()
        let error = try #require(await failure { try await client(server.url).users() })
        #expect(error.code == .transient)
        #expect(
            error.message.contains("127.0.0.1:\(server.port)") || error.message == "the connection failed: Connection refused")
    }

    @Test("An address that is no URL is a matter of configuration", arguments: ["nonsense", "http://", "", "http://203.0.113.1"])
    func badAddress(url: String) async throws {
        #expect(await failure { try await client(url).users() }?.code == .configuration)
    }

    @Test("Cancelling the task ends the waiting")
    func cancelled() async throws {
        let server = try ScriptedServer { _, _ in ScriptedServer.answer(503, "{}") }
        defer { server.stop() }
        let patient = client(server.url) {
            $0.retry = RetryPolicy(attempts: 9, base: .seconds(60), cap: .seconds(60), longestRetryAfter: .zero)
        }
        let task = Task { try await patient.users() }
        while server.seen.isEmpty { try await Task.sleep(for: .milliseconds(1)) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test("Recording addresses are made absolute, transcripts say whether they are pending")
    func recordings() async throws {
        let server = try ScriptedServer { request, _ in
            ScriptedServer.answer(
                200, request.line.contains("recordings") ? #"{"URL":"files/1?token=t"}"# : #"{"TranscriptStatus":"Pending"}"#)
        }
        defer { server.stop() }
        let id = try #require(UUID(uuidString: "4b415288-8604-4b6c-b604-e4eaeb90c938"))
        #expect(try await client(server.url + "/").recording(id: id).url == server.url + "/files/1?token=t")
        #expect(try await client(server.url).transcript(id: id).isPending)
        #expect(server.seen.first?.line == "GET /calls/recordings/4b415288-8604-4b6c-b604-e4eaeb90c938 HTTP/1.1")
    }
}

/// A port that is known only after the server that tells it was made.
final class PortBox: Sendable {
    private let port = Atomic<UInt16>(0)
    var value: UInt16 {
        get { port.load(ordering: .relaxed) }
        set { port.store(newValue, ordering: .relaxed) }
    }
}
