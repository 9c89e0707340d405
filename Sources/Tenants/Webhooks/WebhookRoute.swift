import FoundationEssentials
package import HTTPTypes
import Hummingbird
package import Jobs
package import Logging
import Model
package import NIOCore
package import Postgres
package import Runtime
import Tracing
import Traces

/// `POST /webhooks/enreach/{tenant}`: Enreach says that something happened; the hub looks.
///
/// Answers 202 once the event is committed together with the promise to look, 401 for a wrong token, a source outside the networks or an
/// unknown tenant (which of them is not told), 413 for a body over 256 KiB, 429 when too much is under way, 503 when it can't be kept, or not now
/// because the tenant is switched off. Nothing of a request is held in memory before its token was right.
package struct WebhookRoute: Sendable {
    private let book: TenantBook
    private let database: Database
    private let queue: JobQueue
    private let networks: SourceNetworks
    private let gate: WebhookGate
    private let look: @Sendable (WebhookEvent, Int32) -> NewJob
    private let logger: Logger
    private let source: WebhookSource
    private let notice: ProxyNotice

    static let tokenHeader = HTTPField.Name("X-Benemen-Token")!
    static let forwardedHeader = HTTPField.Name("X-Forwarded-For")!
    static let eventHeader = HTTPField.Name("X-Benemen-Event")!
    static let traceHeader = HTTPField.Name("traceparent")!
    package static let largestBody = 256 * 1024

    /// - Parameters:
    ///   - source: how it is found out where a webhook came from.
    ///   - readiness: where it is told that this can't be found out.
    ///   - look: the job that looks at what an event is about.
    package init(
        book: TenantBook, database: Database, networks: SourceNetworks, source: WebhookSource = WebhookSource(proxies: nil),
        gate: WebhookGate = WebhookGate(), readiness: Readiness? = nil, logger: Logger,
        look: @escaping @Sendable (WebhookEvent, Int32) -> NewJob
    ) {
        self.book = book
        self.database = database
        queue = JobQueue(database: database)
        self.networks = networks
        self.source = source
        self.gate = gate
        notice = ProxyNotice(readiness: readiness, logger: logger)
        self.logger = logger
        self.look = look
    }

    /// As the program's configuration has it.
    package init(_ context: ProgramContext, book: TenantBook) throws(ConfigurationError) {
        let networks = try Self.networks(WebhookKeys.networks, context)
        var proxies: SourceNetworks?
        if try context.configuration.value(WebhookKeys.forwarded) {
            let named = try Self.networks(WebhookKeys.proxies, context)
            guard !named.admitsEverybody else {
                throw context.configuration.error(
                    WebhookKeys.proxies, "names no proxy", remedy: "name the proxies whose X-Forwarded-For is believed")
            }
            proxies = named
        }
        self.init(
            book: book, database: context.database, networks: networks, source: WebhookSource(proxies: proxies),
            gate: WebhookGate(most: try context.configuration.value(WebhookKeys.atOnce)), readiness: context.readiness,
            logger: context.logger, look: EventLook.job)
    }

    private static func networks(
        _ key: ConfigurationKey<String>, _ context: ProgramContext
    ) throws(ConfigurationError) -> SourceNetworks {
        let text = try context.configuration.value(key)
        do {
            return try SourceNetworks(text)
        } catch {
            throw context.configuration.error(key, "\(error)", remedy: "correct \(key.name)")
        }
    }

    package func add(to server: HealthServer) {
        server.addRoutes { router in
            router.post("webhooks/enreach/:tenant") { request, context in
                await answer(request, tenant: context.parameters.get("tenant") ?? "", peer: context.remoteAddress)
            }
        }
    }

    private func answer(_ request: Hummingbird.Request, tenant: String, peer: SocketAddress?) async -> Response {
        let token = request.headers[Self.tokenHeader]
        let event = request.headers[Self.eventHeader]
        let trace = request.headers[Self.traceHeader].map { ["traceparent": $0] } ?? [:]
        let status = await ServiceContext.withValue(.current(reading: trace)) {
            await answer(
                token: token, event: event, tenant: tenant, from: peer, forwarded: request.headers[Self.forwardedHeader]
            ) {
                Array(try await request.body.collect(upTo: Self.largestBody).readableBytesView)
            }
        }
        return Self.response(status)
    }

    /// What is answered to a webhook for a tenant. The body is taken in only once the token was right.
    ///
    /// - Parameters:
    ///   - peer: who is at the other end of the connection.
    ///   - forwarded: what proxies noted in `X-Forwarded-For`.
    package func answer(
        token: String?, event: String?, tenant name: String, from peer: SocketAddress? = nil, forwarded: String? = nil,
        body: () async throws -> [UInt8]
    ) async -> HTTPResponse.Status {
        guard networks.admits(source.address(of: peer, forwarded: forwarded)),
            let secret = book.connection(named: name)?.webhookToken?(),
            WebhookEvent.isSame(token ?? "", secret)
        else { return told("", "refused", .unauthorized) }
        if forwarded != nil, source.proxies == nil, !networks.admitsEverybody { notice.say() }
        let started = ContinuousClock.now
        let status = await gate.pass(name, of: book.connectedTenants) {
            await withSpan("webhook", ofKind: .server) { span in
                await ServiceContext.withLogFields(["tenant": name]) { await take(event, name, span, body) }
            }
        }
        WebhookMetrics.answer(started.duration(to: .now), tenant: name)
        return status ?? told(name, "busy", .tooManyRequests)
    }

    private func take(
        _ header: String?, _ name: String, _ span: any Span, _ body: () async throws -> [UInt8]
    ) async -> HTTPResponse.Status {
        guard let body = try? await body() else { return told(name, "too_large", .contentTooLarge) }
        let event = WebhookEvent(body: body, eventHeader: header, tenant: name)
        span.describe(event, tenant: name)
        do {
            // Of a tenant that is switched off nothing is kept, so nothing may be promised.
            guard let tenant = try await book.id(named: name) else { return told(name, "switched_off", .serviceUnavailable) }
            let isNew = try await keep(event, tenant)
            if let at = event.at, isNew {
                WebhookMetrics.delay(Date().timeIntervalSince(at), tenant: name, subject: event.subject)
            }
            return told(name, isNew ? "accepted" : "repeated", .accepted)
        } catch {
            span.recordError(error)
            span.setStatus(SpanStatus(code: .error))
            var metadata: Logger.Metadata = ["tenant": "\(name)", "error": "\(error)"]
            if let call = event.call { metadata["call"] = "\(call.lowercase)" }
            logger.warning("A webhook could not be taken", metadata: metadata)
            return told(name, "unavailable", .serviceUnavailable)
        }
    }

    /// The event and the job that looks, in one transaction. Repeated events make no job.
    private func keep(_ event: WebhookEvent, _ tenant: Int32) async throws -> Bool {
        let job = look(event, tenant)
        let request = WebhookStore.take(event, tenant: tenant)
        let isNew = try await database.withTransaction { connection in
            let isNew = try await connection.query(request.statement, request.parameters)[0].decode(Bool.self)
            if isNew { _ = try await queue.enqueue([job], on: connection) }
            return isNew
        }
        if isNew { await queue.ring(job.queue) }
        return isNew
    }

    private func told(_ tenant: String, _ result: String, _ status: HTTPResponse.Status) -> HTTPResponse.Status {
        WebhookMetrics.answered(result, tenant: tenant)
        return status
    }

    /// Every answer has a JSON body.
    private static func response(_ status: HTTPResponse.Status) -> Response {
        var headers: HTTPFields = [.contentType: "application/json"]
        if status == .tooManyRequests { headers[.retryAfter] = "1" }
        if status == .serviceUnavailable { headers[.retryAfter] = "30" }
        return Response(
            status: status, headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(string: "{\"result\":\"\(status.reasonPhrase)\"}\n")))
    }
}

extension Span {
    fileprivate func describe(_ event: WebhookEvent, tenant: String) {
        guard isRecording else { return }
        updateAttributes {
            $0["http.request.method"] = "POST"
            $0["http.route"] = "/webhooks/enreach/{tenant}"
            $0["trunkline.tenant"] = tenant
            $0["trunkline.event"] = event.subject.rawValue
            if let call = event.call { $0["trunkline.call"] = call.lowercase }
            if let callback = event.callback { $0["trunkline.callback"] = callback.lowercase }
        }
    }
}
