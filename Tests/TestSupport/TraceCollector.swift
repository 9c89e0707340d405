import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Synchronization

/// A receiver of traces: takes OTLP over HTTP with JSON, as strictly as the protocol has it.
public final class TraceCollector: Sendable {
    public struct Span: Sendable {
        public var trace: String
        public var id: String
        public var parent: String?
        public var name: String
        /// As the protocol numbers them: 1 internal, 2 server, 3 client, 4 producer, 5 consumer.
        public var kind: Int
        /// Nanoseconds since 1970.
        public var start: UInt64
        public var end: UInt64
        /// Values as text.
        public var attributes: [String: String]
        public var events: [String]
        /// Trace and span of each.
        public var links: [[String]]
        /// 0 unset, 1 fine, 2 failed.
        public var status: Int
        /// The attributes of what made it.
        public var resource: [String: String]
    }

    private struct State {
        var spans: [Span] = []
        var faults: [String] = []
        var headers: [[String: String]] = []
        var statuses: [Int] = []
        var port: Int?
    }
    private let state = Mutex(State())

    /// Runs the body while the receiver listens.
    ///
    /// - Parameter statuses: what the first requests are answered with, one after the other; those after them with 200. What is not answered
    ///   with 200 is not taken.
    public static func with<Value: Sendable>(
        answering statuses: [Int] = [], _ body: (TraceCollector) async throws -> Value
    ) async throws -> Value {
        let collector = TraceCollector()
        collector.state.withLock { $0.statuses = statuses }
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await collector.serve() }
            try await eventually("the collector listens") { collector.port != nil }
            let value = try await body(collector)
            group.cancelAll()
            return value
        }
    }

    public var endpoint: String { "http://127.0.0.1:\(port ?? 0)" }
    private var port: Int? { state.withLock { $0.port } }

    /// Everything that came, in the order in which it came.
    public var spans: [Span] { state.withLock { $0.spans } }
    /// What was wrong with what came; nothing should be.
    public var faults: [String] { state.withLock { $0.faults } }
    /// The headers of each request, names in lower case.
    public var headers: [[String: String]] { state.withLock { $0.headers } }

    private func serve() async throws {
        let router = Router()
        router.post("v1/traces") { request, _ in
            let fields = request.headers.map { ($0.name.rawName.lowercased(), $0.value) }
            let status = self.state.withLock { state in
                state.headers.append(Dictionary(fields) { $1 })
                return state.statuses.isEmpty ? 200 : state.statuses.removeFirst()
            }
            let body = try await request.body.collect(upTo: 16 << 20)
            if status == 200 { self.take(Data(body.readableBytesView), type: request.headers[.contentType]) }
            return Response(
                status: .init(code: status), headers: [.contentType: "application/json"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: "{\"partialSuccess\":{}}")))
        }
        var logger = Logger(label: "collector")
        logger.logLevel = .error
        let application = Application(
            router: router, configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in self.state.withLock { $0.port = channel.localAddress?.port } }, logger: logger)
        try await application.run()
    }

    private func take(_ body: Data, type: String?) {
        do {
            guard type == "application/json" else { throw Fault("the content type is \(type ?? "none")") }
            let read = try TraceRequest.spans(body)
            state.withLock { $0.spans += read }
        } catch {
            state.withLock { $0.faults.append("\(error)") }
        }
    }

    struct Fault: Error, CustomStringConvertible {
        let description: String
        init(_ description: String) { self.description = description }
    }
}

extension TraceCollector {
    /// The spans of one trace, oldest first.
    public func trace(_ id: String) -> [Span] { spans.filter { $0.trace == id }.sorted { $0.start < $1.start } }

    /// Names from a span up to the root of its trace, with ` ?` at the end when a parent has not come.
    public func path(of span: Span) -> [String] {
        let known = Dictionary(spans.map { ($0.id, $0) }) { $1 }
        var (names, current) = ([span.name], span)
        while let parent = current.parent {
            guard let next = known[parent], next.trace == span.trace, names.count < 100 else { return names + ["?"] }
            names.append(next.name)
            current = next
        }
        return names
    }
}
