import FoundationEssentials
import HTTPTypes
import Hummingbird
import Jobs
import Logging
import Model
import Postgres

/// `POST /webhooks/enreach/{tenant}`: Enreach says that something happened; the hub looks.
///
/// Answers 202 once the look is promised, 401 for a wrong token or an unknown tenant (which of them is not told), 503 when the promise can't be kept.
struct WebhookRoute: Sendable {
    let book: TenantBook
    let queue: JobQueue
    let logger: Logger

    static let tokenHeader = HTTPField.Name("X-Benemen-Token")!
    static let eventHeader = HTTPField.Name("X-Benemen-Event")!
    static let largestBody = 256 * 1024

    func add(to router: Router<BasicRequestContext>) {
        router.post("webhooks/enreach/:tenant") { request, context in
            await answer(request, tenant: context.parameters.get("tenant") ?? "")
        }
    }

    private func answer(_ request: Request, tenant: String) async -> Response {
        let token = request.headers[Self.tokenHeader]
        let event = request.headers[Self.eventHeader]
        return Self.response(
            await answer(token: token, event: event, tenant: tenant) {
                Array(try await request.body.collect(upTo: Self.largestBody).readableBytesView)
            })
    }

    /// What is answered to a webhook for a tenant. The body is taken in only once the token was right.
    func answer(
        token: String?, event: String?, tenant name: String, body: () async throws -> [UInt8]
    ) async -> HTTPResponse.Status {
        guard let secret = book.connection(named: name)?.webhookToken?(), WebhookHint.isSame(token ?? "", secret) else {
            CallMetrics.webhook(tenant: "", result: "refused")
            return .unauthorized
        }
        guard let body = try? await body() else {
            CallMetrics.webhook(tenant: name, result: "too_large")
            return .contentTooLarge
        }
        do {
            // Of a tenant that is switched off nothing is looked at; the poll catches up later.
            guard let tenant = try await book.id(named: name) else { return .accepted }
            try await queue.enqueue([Self.job(WebhookHint(body: body, eventHeader: event), tenant)])
            CallMetrics.webhook(tenant: name, result: "accepted")
            return .accepted
        } catch {
            logger.warning("A webhook could not be taken", metadata: ["tenant": "\(name)", "error": "\(error)"])
            CallMetrics.webhook(tenant: name, result: "unavailable")
            return .serviceUnavailable
        }
    }

    /// A look at the call, or at everything new.
    private static func job(_ hint: WebhookHint, _ tenant: Int32) -> NewJob {
        hint.call.map { JobKinds.readCall($0, tenant: tenant) }
            ?? NewJob(kind: JobKinds.poll, tenant: tenant, unique: "webhook", maxAttempts: 4, queue: JobKinds.queue)
    }

    /// Every answer has a JSON body.
    private static func response(_ status: HTTPResponse.Status) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: "{\"result\":\"\(status.reasonPhrase)\"}\n")))
    }
}
