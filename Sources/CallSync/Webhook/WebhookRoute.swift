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

    private func answer(_ request: Request, tenant name: String) async -> Response {
        guard let secret = book.connection(named: name)?.webhookToken?(),
            WebhookHint.isSame(request.headers[Self.tokenHeader] ?? "", secret)
        else {
            CallMetrics.webhook(tenant: "", result: "refused")
            return Self.response(.unauthorized, "unauthorized")
        }
        guard let buffer = try? await request.body.collect(upTo: Self.largestBody) else {
            CallMetrics.webhook(tenant: name, result: "too_large")
            return Self.response(.contentTooLarge, "body too large")
        }
        let hint = WebhookHint(body: Array(buffer.readableBytesView), eventHeader: request.headers[Self.eventHeader])
        do {
            guard let tenant = try await book.id(named: name) else { return Self.response(.accepted, "switched off") }
            try await queue.enqueue([Self.job(hint, tenant)])
            CallMetrics.webhook(tenant: name, result: "accepted")
            return Self.response(.accepted, "accepted")
        } catch {
            logger.warning("A webhook could not be taken", metadata: ["tenant": "\(name)", "error": "\(error)"])
            CallMetrics.webhook(tenant: name, result: "unavailable")
            return Self.response(.serviceUnavailable, "try again")
        }
    }

    /// A look at the call, or at everything new.
    private static func job(_ hint: WebhookHint, _ tenant: Int32) -> NewJob {
        hint.call.map { JobKinds.readCall($0, tenant: tenant) }
            ?? NewJob(kind: JobKinds.poll, tenant: tenant, unique: "webhook", maxAttempts: 4, queue: JobKinds.queue)
    }

    /// Every answer has a JSON body.
    private static func response(_ status: HTTPResponse.Status, _ text: String) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: "{\"result\":\"\(text)\"}\n")))
    }
}
