import AsyncHTTPClient
import Dynamics
import Enreach
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Synchronization
import TestSupport
import Testing
import Tracing
import Traces

@testable import Runtime

/// What the vendors are sent of a trace.
@Suite(.timeLimit(.minutes(10))) struct VendorTraceTests {
    private let queue = SpanQueue()
    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// Runs the body against a server that plays both vendors as far as needed, and answers the `traceparent` of each path asked for.
    private func asked(_ body: (String) async throws -> Void) async throws -> [String: String] {
        let parents = Mutex<[String: String]>([:])
        let port = Mutex<Int?>(nil)
        let router = Router()
        let answers = [
            "/queues": "[]", "/d/oauth2/v2.0/token": #"{"access_token":"t","expires_in":3600}"#,
            "/api/data/v9.2/WhoAmI":
                #"{"UserId":"00000000-0000-4000-8000-000000000001","BusinessUnitId":"00000000-0000-4000-8000-000000000002","OrganizationId":"00000000-0000-4000-8000-000000000003"}"#,
        ]
        @Sendable func answer(_ request: Request) -> Response {
            let parent = request.headers[HTTPField.Name("traceparent")!] ?? ""
            parents.withLock { $0[request.uri.path] = parent }
            return Response(
                status: .ok, headers: [.contentType: "application/json"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: answers[request.uri.path] ?? "{}")))
        }
        router.get("**") { request, _ in answer(request) }
        router.post("**") { request, _ in answer(request) }
        let application = Application(
            router: router, configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in port.withLock { $0 = channel.localAddress?.port } }, logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await application.run() }
            try await eventually("the server listens") { port.withLock { $0 } != nil }
            try await body("http://127.0.0.1:\(port.withLock { $0 } ?? 0)")
            group.cancelAll()
        }
        return parents.withLock { $0 }
    }

    private func enreach(_ address: String) -> EnreachClient {
        EnreachClient(
            configuration: EnreachConfiguration(address: .api(url: address), username: "u", credential: .secretKey("k")),
            http: OutboundClients.plain, logger: logger)
    }

    private func dynamics(_ address: String) -> DynamicsClient {
        var configuration = DynamicsConfiguration(url: address, directoryID: "d", clientID: "c", credentials: [.secret("s")])
        configuration.authority = address
        return DynamicsClient(
            configuration: configuration, budget: UnlimitedBudget(), http: OutboundClients.plain, logger: logger)
    }

    @Test func `requests to both vendors carry the trace, each as its own span, and the sign-in none`() async throws {
        let asked = try await asked { address in
            try await withTracer(SpanTracer(queue: queue, ratio: 1)) {
                try await InstrumentationSystem.tracer.withAnySpan("work") { _ in
                    _ = try await enreach(address).queues()
                    _ = try await dynamics(address).whoAmI()
                }
            }
        }
        let spans = queue.take(atMost: 100)
        let work = try #require(spans.first { $0.name == "work" })
        for (path, name) in [("/queues", "GET queues"), ("/api/data/v9.2/WhoAmI", "dynamics read")] {
            let span = try #require(spans.first { $0.name == name }, "\(spans.map(\.name))")
            #expect(asked[path] == span.context.traceparent, "\(path)")
            #expect(span.context.trace == work.context.trace && span.parent == work.context.span && span.kind == .client)
            #expect(span.attributes.get("http.response.status_code") == .int64(200))
            #expect(span.attributes.get("url.full") == nil && span.attributes.get("url.query") == nil)
        }
        #expect(asked["/d/oauth2/v2.0/token"] == "")
    }

    @Test func `without traces requests carry none`() async throws {
        let asked = try await asked { address in
            _ = try await enreach(address).queues()
            _ = try await dynamics(address).whoAmI()
        }
        #expect(asked.count == 3 && asked.values.allSatisfy(\.isEmpty))
    }
}

extension OutboundClients {
    /// As the programs have them.
    fileprivate static let plain = OutboundClients().client()
}
