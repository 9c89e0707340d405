import FoundationEssentials
import HTTPTypes
import Hummingbird
import Jobs
import Logging
import Runtime
import Tenants
import Tracing
import Traces

/// `POST /webhooks/dynamics/{tenant}`: Dynamics says that a row changed; the hub looks.
///
/// Answers 202 once the look is promised, 401 for a wrong token or an unknown tenant (which of them is not told), 429 when too much is
/// under way, 503 when the promise can't be kept.
struct DynamicsWebhookRoute: Sendable {
    let ground: UserSyncGround
    let parts: [UserSyncPart]
    var gate = WebhookGate()

    static let keyHeader = HTTPField.Name("X-Api-Key")!
    static let tableHeader = HTTPField.Name("x-ms-dynamics-entity-name")!
    static let messageHeader = HTTPField.Name("x-ms-dynamics-request-name")!
    /// Beyond this Dynamics leaves the columns out by itself.
    static let largestBody = 512 * 1024

    func add(to server: HealthServer) { server.addRoutes { add(to: $0) } }

    private func add<Context: RequestContext>(to router: Router<Context>) {
        router.post("webhooks/dynamics/:tenant") { request, context in
            await answer(request, tenant: context.parameters.get("tenant") ?? "")
        }
    }

    private func answer(_ request: Request, tenant: String) async -> Response {
        let shown = request.headers[Self.keyHeader] ?? request.uri.queryParameters["code"].map(String.init) ?? ""
        let (table, message) = (request.headers[Self.tableHeader], request.headers[Self.messageHeader])
        let status = await answer(shown: shown, tenant: tenant) {
            let body = Array(try await request.body.collect(upTo: Self.largestBody).readableBytesView)
            return DynamicsHint(body: body, table: table, message: message)
        }
        var headers: HTTPFields = [.contentType: "application/json"]
        if status == .tooManyRequests { headers[.retryAfter] = "1" }
        return Response(
            status: status, headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(string: "{\"result\":\"\(status.reasonPhrase)\"}\n")))
    }

    /// What is answered to a webhook for a tenant. The body is taken in only once the token was right.
    func answer(shown: String, tenant name: String, reading read: () async throws -> DynamicsHint?) async -> HTTPResponse.Status {
        guard let secret = ground.book.connection(named: name)?.dynamicsWebhookToken?(), WebhookEvent.isSame(shown, secret) else {
            UserSyncMetrics.webhook(tenant: "", result: "refused")
            return .unauthorized
        }
        let status = await gate.pass(name, of: ground.book.connectedTenants) {
            await withSpan("webhook", ofKind: .server) { span in
                span.attributes["http.route"] = "/webhooks/dynamics/{tenant}"
                span.attributes["trunkline.tenant"] = name
                return await ServiceContext.withLogFields(["tenant": name]) { await take(name, reading: read) }
            }
        }
        if status == nil { UserSyncMetrics.webhook(tenant: name, result: "busy") }
        return status ?? .tooManyRequests
    }

    private func take(_ name: String, reading read: () async throws -> DynamicsHint?) async -> HTTPResponse.Status {
        let hint: DynamicsHint?
        do { hint = try await read() } catch {
            UserSyncMetrics.webhook(tenant: name, result: "too_large")
            return .contentTooLarge
        }
        guard let hint else {
            UserSyncMetrics.webhook(tenant: name, result: "unreadable")
            return .badRequest
        }
        do {
            // Of a tenant that is switched off nothing is looked at; the schedules catch up later.
            guard let id = try await ground.book.id(named: name), let tenant = try await ground.book.situation(id) else {
                return .accepted
            }
            let jobs = parts.flatMap { $0.hints(hint.table, tenant) }
            if !jobs.isEmpty { try await ground.queue.enqueue(jobs) }
            UserSyncMetrics.webhook(tenant: name, result: jobs.isEmpty ? "ignored" : "accepted")
            return .accepted
        } catch {
            ground.logger.warning("A webhook could not be taken", metadata: ["tenant": "\(name)", "error": "\(error)"])
            UserSyncMetrics.webhook(tenant: name, result: "unavailable")
            return .serviceUnavailable
        }
    }
}
