import AsyncHTTPClient
import FoundationEssentials
import Logging
import NIOCore
import NIOHTTP1
import Tracing
import Traces

/// One request of the client, with what its errors call it.
struct EnreachRequest: Sendable {
    var method: HTTPMethod = .GET
    var url: String
    /// The path without ids and query, for logs and metrics.
    var route: String
    var authorization: String?
    var body: [UInt8]?
}

/// An answer, and the vendor's clock when it came.
struct Answered<Value: Sendable>: Sendable {
    var value: Value
    var serverTime: Date?
}

/// Sends requests, waits and retries, and turns what can go wrong into ``EnreachError``.
struct EnreachTransport: Sendable {
    let configuration: EnreachConfiguration
    let http: HTTPClient
    let logger: Logger
    let clock: any Clock<Duration>

    /// Sends until an attempt succeeds, the reason to fail is final, or the attempts are used up. `read` makes the answer
    /// of the body; an answer it refuses is asked for once more, as a cut one may come whole the next time.
    func send<Answer: Sendable>(
        _ request: EnreachRequest, read: @Sendable ([UInt8]) throws(JSONSyntaxError) -> Answer
    ) async throws -> Answered<Answer> {
        var attempt = 1
        var malformed = 0
        while true {
            do {
                return try await once(request, attempt: attempt, read: read)
            } catch var error as EnreachError {
                error.attempts = attempt
                if error.code == .malformed { malformed += 1 }
                guard error.isTransient, malformed < 2,
                    let wait = configuration.retry.wait(
                        after: attempt, retryAfter: error.retryAfter, random: Double.random(in: 0...1))
                else { throw error }
                EnreachMetrics.retry(route: error.route, reason: error.code.description)
                logger.debug(
                    "Enreach request is tried again",
                    metadata: ["error": "\(error)", "attempt": "\(attempt)", "wait": "\(wait)"])
                try await clock.sleep(for: wait)
                attempt += 1
            }
        }
    }

    /// One attempt, with a span of its own.
    private func once<Answer: Sendable>(
        _ request: EnreachRequest, attempt: Int, read: @Sendable ([UInt8]) throws(JSONSyntaxError) -> Answer
    ) async throws -> Answered<Answer> {
        try await withSpan(request.label, ofKind: .client) { span in
            span.describe(request, attempt: attempt)
            return try await once(request, span, read: read)
        }
    }

    private func once<Answer: Sendable>(
        _ request: EnreachRequest, _ span: any Span, read: @Sendable ([UInt8]) throws(JSONSyntaxError) -> Answer
    ) async throws -> Answered<Answer> {
        let start = ContinuousClock.now
        do {
            let (status, headers, body) = try await exchange(request)
            span.attributes["http.response.status_code"] = status
            if let error = EnreachError(status: status, headers: headers, body: body, route: request.label) { throw error }
            do throws(JSONSyntaxError) {
                let answer = try read(body)
                EnreachMetrics.request(route: request.route, outcome: "ok", start.duration(to: .now))
                return Answered(value: answer, serverTime: headers.first(name: "Date").flatMap(HTTPDate.parse))
            } catch {
                throw EnreachError(
                    .malformed, route: request.label, status: status,
                    message: "the answer of \(body.count) bytes can't be read: \(error)", bodyStart: EnreachError.start(of: body))
            }
        } catch {
            let outcome = (error as? EnreachError)?.code.description ?? "cancelled"
            EnreachMetrics.request(route: request.route, outcome: outcome, start.duration(to: .now))
            throw error
        }
    }

    private func exchange(_ request: EnreachRequest) async throws -> (status: Int, headers: HTTPHeaders, body: [UInt8]) {
        var outgoing = HTTPClientRequest(url: request.url)
        outgoing.method = request.method
        outgoing.headers = [
            "Accept": "application/json", "Content-Type": "application/json", "X-Json-Serializer": "2", "User-Agent": "Trunkline",
        ]
        outgoing.headers.addTrace()
        if let authorization = request.authorization { outgoing.headers.add(name: "Authorization", value: authorization) }
        if let body = request.body { outgoing.body = .bytes(ByteBuffer(bytes: body)) }
        do {
            // Without our logger: at its lowest level the client would write answers down, numbers included.
            let response = try await http.execute(outgoing, timeout: TimeAmount(configuration.requestTimeout))
            let body = try await response.body.collect(upTo: configuration.largestAnswer)
            return (Int(response.status.code), response.headers, Array(body.readableBytesView))
        } catch {
            throw try translated(error, request)
        }
    }

    private func translated(_ error: any Error, _ request: EnreachRequest) throws -> EnreachError {
        if error is CancellationError || Task.isCancelled { throw CancellationError() }
        if error is NIOTooManyBytesError {
            return EnreachError(
                .malformed, route: request.label, message: "the answer is over \(configuration.largestAnswer) bytes")
        }
        if let error = error as? HTTPClientError, [.invalidURL, .emptyHost, .emptyScheme].contains(error) {
            return EnreachError(.configuration, route: request.label, message: "the address is no URL")
        }
        return EnreachError(.transient, route: request.label, message: TransportFailure.describe(error))
    }
}

extension Span {
    /// Names of attributes are OpenTelemetry's own. The address itself stays out: it has ids and names in it.
    fileprivate func describe(_ request: EnreachRequest, attempt: Int) {
        guard isRecording else { return }
        updateAttributes {
            $0["http.request.method"] = request.method.rawValue
            $0["url.template"] = request.route
            $0["server.address"] = URLComponents(string: request.url)?.host
            if attempt > 1 { $0["http.request.resend_count"] = attempt - 1 }
        }
    }
}

extension EnreachRequest {
    var label: String { "\(method.rawValue) \(route)" }
}

extension EnreachError {
    /// The error a status stands for; nil for 2xx.
    init?(status: Int, headers: HTTPHeaders, body: [UInt8], route: String) {
        let (code, message): (Code, String)
        switch status {
        case 200..<300: return nil
        case 401: (code, message) = (.unauthorized, "the user name or the key was refused")
        case 403: (code, message) = (.forbidden, "the API user may not do this; its rights are set in Enreach")
        case 404: (code, message) = (.notFound, "not found")
        case 429: (code, message) = (.throttled, "too many requests")
        case 408, 425: (code, message) = (.transient, "the server asks to try again")
        case 500...: (code, message) = (.transient, "the server failed")
        default: (code, message) = (.badRequest, "the server did not accept the request")
        }
        self.init(
            code, route: route, status: status, message: message,
            retryAfter: headers.first(name: "Retry-After").flatMap { RetryAfter.parse($0, now: Date()) },
            bodyStart: Self.start(of: body))
    }
}
