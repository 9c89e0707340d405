import AsyncHTTPClient
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import ServiceLifecycle
import Tracing

/// Sends ended spans to a receiver of OTLP over HTTP, in batches, beside the program's work.
///
/// It waits for nobody and nobody for it: while the receiver is away the queue fills up and further spans are dropped and counted. What it
/// holds when the program ends is sent within a few seconds, or dropped and counted.
final class TraceExporter: Service {
    private let settings: TraceSettings
    private let queue: SpanQueue
    private let http: HTTPClient
    private let resource: [(String, SpanAttribute)]
    private let logger: Logger

    /// Spans in one request.
    static let batch = 512
    static let pause: Duration = .milliseconds(500)
    private static let timeout: TimeAmount = .seconds(10)
    /// Tries of one batch, with pauses that double from the first to the last.
    private static let tries = 5
    /// How long the last spans may take at the program's end.
    private static let farewell: Duration = .seconds(3)

    init(_ settings: TraceSettings, queue: SpanQueue, http: HTTPClient, identity: InstanceIdentity, logger: Logger) {
        self.settings = settings
        self.queue = queue
        self.http = http
        self.logger = logger
        resource = [
            ("service.name", .string(identity.program)), ("service.namespace", "trunkline"),
            ("service.version", .string(identity.version)), ("service.instance.id", .string(identity.id)),
            ("host.name", .string(identity.host)), ("process.pid", .int(Int64(identity.pid))),
        ]
    }

    func run() async throws {
        TraceMetrics.begin()
        logger.info("Sending traces", metadata: ["to": "\(settings.endpoint)", "of_new": "\(settings.ratio)"])
        let inHand = Remainder()
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try? await Task.sleep(for: Self.pause)
                await self.sendAll(inHand)
            }
        }
        await farewell(inHand)
    }

    /// The batch that a stop came upon.
    private actor Remainder {
        private var spans: [SpanRecord] = []
        func keep(_ spans: [SpanRecord]) { self.spans = spans }
        func take() -> [SpanRecord] {
            defer { spans = [] }
            return spans
        }
    }

    private func sendAll(_ inHand: Remainder) async {
        while !Task.isCancelled {
            let spans = queue.take(atMost: Self.batch)
            guard !spans.isEmpty else { return }
            if await !send(spans) { await inHand.keep(spans) }
        }
    }

    private func farewell(_ inHand: Remainder) async {
        await withTaskGroup { group in
            group.addTask {
                var spans = await inHand.take()
                while true {
                    if spans.isEmpty { spans = self.queue.take(atMost: Self.batch) }
                    guard !spans.isEmpty else { return }
                    if await !self.send(spans) { TraceMetrics.dropped(spans.count, reason: .stopped) }
                    spans = []
                }
            }
            group.addTask { try? await Task.sleep(for: Self.farewell) }
            await group.next()
            group.cancelAll()
        }
        TraceMetrics.dropped(queue.count, reason: .stopped)
    }

    private enum Answer {
        case taken(rejected: Int)
        case refused(String)
        case tryAgain(String)
    }

    /// False: the task was cancelled before the batch was through.
    private func send(_ spans: [SpanRecord]) async -> Bool {
        let body = ByteBuffer(string: TraceDocument(spans, resource: resource).text)
        var pause = Duration.seconds(1)
        var reason = ""
        for attempt in 1...Self.tries {
            switch await post(body) {
            case .taken(let rejected):
                TraceMetrics.exported(spans.count - rejected)
                if rejected > 0 { TraceMetrics.dropped(rejected, reason: .refused) }
                return true
            case .refused(let why):
                TraceMetrics.dropped(spans.count, reason: .refused)
                logger.warning("Traces were refused", metadata: ["reason": "\(why)", "spans": "\(spans.count)"])
                return true
            case .tryAgain(let why): reason = why
            }
            if Task.isCancelled { return false }
            if attempt == 1 { logger.notice("Traces can't be sent yet", metadata: ["reason": "\(reason)"]) }
            if attempt < Self.tries {
                try? await Task.sleep(for: pause)
                pause *= 2
            }
        }
        TraceMetrics.dropped(spans.count, reason: .unreachable)
        logger.warning("Traces could not be sent", metadata: ["reason": "\(reason)", "spans": "\(spans.count)"])
        return true
    }

    private func post(_ body: ByteBuffer) async -> Answer {
        var request = HTTPClientRequest(url: settings.endpoint)
        request.method = .POST
        request.headers = ["Content-Type": "application/json", "User-Agent": "Trunkline/\(Trunkline.version)"]
        for header in settings.headers { request.headers.replaceOrAdd(name: header.name, value: header.value) }
        request.body = .bytes(body)
        do {
            let response = try await http.execute(request, timeout: Self.timeout)
            let answer = try await response.body.collect(upTo: 1 << 16)
            switch response.status.code {
            case 200..<300: return .taken(rejected: Self.rejected(answer))
            // The protocol's own list of what may be tried again.
            case 429, 502, 503, 504: return .tryAgain("status \(response.status.code)")
            default: return .refused("status \(response.status.code)")
            }
        } catch {
            return .tryAgain((error as? HTTPClientError)?.shortDescription ?? String(describing: type(of: error)))
        }
    }

    /// Spans that an answer of success says were not kept.
    private static func rejected(_ answer: ByteBuffer) -> Int {
        guard let object = try? JSONSerialization.jsonObject(with: Data(answer.readableBytesView)) as? [String: Any],
            let partial = object["partialSuccess"] as? [String: Any], let count = partial["rejectedSpans"]
        else { return 0 }
        // A 64-bit number: a text by the protocol, a number with some receivers.
        return Int("\(count)") ?? 0
    }
}
