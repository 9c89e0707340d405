import AsyncHTTPClient
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import Tracing
import Traces

extension Transport {
    enum Kind: String {
        case read
        case change
        case batch
    }

    /// What reading an answer gave; the status decides whether it is taken, or the request repeated.
    enum Reading<Value: Sendable>: Sendable {
        case value(Value)
        /// The answer concerns the request as a whole and is read by the caller of ``exchange``.
        case refused(Answer)
    }

    /// Sends a request as often as a 401 (once) and a 429 (as configured) call for.
    func exchange<Value: Sendable>(
        _ request: HTTPClientRequest, _ work: RequestWork, lane: BudgetLane, kind: Kind,
        _ read: @Sendable (HTTPClientResponse) async throws -> Reading<Value>
    ) async throws -> Value {
        var (renewals, throttles) = (0, 0)
        while true {
            let token = try await tokens.token()
            switch try await once(request, token: token, work, lane: lane, kind: kind, read) {
            case .value(let value): return value
            case .refused(let answer) where answer.status == 401 && renewals == 0:
                renewals += 1
                tokens.drop(token)
            case .refused(let answer) where answer.status == 429 && throttles < configuration.throttleRetries:
                throttles += 1
            case .refused(let answer): throw DynamicsError(refused: answer)
            }
        }
    }

    private func once<Value: Sendable>(
        _ request: HTTPClientRequest, token: String, _ work: RequestWork, lane: BudgetLane, kind: Kind,
        _ read: @Sendable (HTTPClientResponse) async throws -> Reading<Value>
    ) async throws -> Reading<Value> {
        var request = request
        request.headers.replaceOrAdd(name: "Authorization", value: "Bearer \(token)")
        request.headers.replaceOrAdd(name: "x-ms-client-request-id", value: UUID().uuidString.lowercased())
        request.tlsConfiguration = try trust.configuration()
        let asked = ContinuousClock.now
        let admission = try await budget.admit(lane: lane, cost: estimator.cost(of: work))
        return try await withSpan("dynamics \(kind.rawValue)", ofKind: .client) { span in
            span.describe(request, work, lane: lane, waited: .now - asked)
            request.headers.addTrace()
            return try await admitted(request, admission, work, kind: kind, span, read)
        }
    }

    private func admitted<Value: Sendable>(
        _ request: HTTPClientRequest, _ admission: Admission, _ work: RequestWork, kind: Kind, _ span: any Span,
        _ read: @Sendable (HTTPClientResponse) async throws -> Reading<Value>
    ) async throws -> Reading<Value> {
        var report = RequestReport(admission: admission)
        let start = ContinuousClock.now
        defer { budget.report(report) }
        do {
            let response = try await http.execute(request, timeout: TimeAmount(configuration.requestTimeout))
            span.attributes["http.response.status_code"] = Int(response.status.code)
            if response.status.code >= 400 { span.setStatus(SpanStatus(code: .error)) }
            report.take(ProtectionHeaders(response.headers))
            let reading = try await read(response)
            report.elapsed = .now - start
            let status = Int(response.status.code)
            if case .refused(let answer) = reading, status == 429 {
                report.throttle = .init(
                    kind: ThrottleKind(DynamicsFault(status: 429, body: answer.body)),
                    retryAfter: .wait(answer.retryAfter))
            } else if status < 300 {
                estimator.learn(work, took: report.elapsed / .seconds(1) * budget.timeScale)
            }
            DynamicsMetrics.request(kind, status: status, elapsed: report.elapsed)
            return reading
        } catch {
            report.elapsed = .now - start
            if error is CancellationError || Task.isCancelled { throw CancellationError() }
            if let error = error as? DynamicsError { throw error }
            DynamicsMetrics.request(kind, status: 0, elapsed: report.elapsed)
            throw lost(error)
        }
    }

    /// No answer, or half of one: whether the request was carried out is unknown.
    private func lost(_ error: any Error) -> DynamicsError {
        let reason = (error as? HTTPClientError)?.shortDescription ?? String(describing: type(of: error))
        return DynamicsError(
            .transient,
            TrustFailure.isOne(error)
                ? TrustFailure.operatorText("the environment") : "The connection to the environment was lost (\(reason)).",
            fault: DynamicsFault(status: 0, code: "connection", message: reason))
    }

    /// Takes the whole answer, whatever its status, but for those that repeat the request.
    func collecting(_ response: HTTPClientResponse) async throws -> Reading<Answer> {
        let answer = try await whole(response)
        return answer.status == 401 || answer.status == 429 ? .refused(answer) : .value(answer)
    }

    /// Reads a multipart answer as it comes; anything else concerns the request as a whole.
    func decoding(_ response: HTTPClientResponse) async throws -> Reading<BatchAnswer> {
        let status = Int(response.status.code)
        guard let type = response.headers.first(name: "Content-Type"), let boundary = Multipart.boundary(type),
            status != 401, status != 429
        else {
            let answer = try await whole(response)
            if status < 300 { throw DynamicsError.malformed(answer) }
            return .refused(answer)
        }
        var decoder = BatchDecoder(boundary: boundary)
        var size = 0
        var beginning: String?
        do {
            for try await chunk in response.body {
                size += chunk.readableBytes
                guard size <= configuration.maximumResponseBytes else { throw tooLong(status) }
                if beginning == nil { beginning = DynamicsFault.beginning(of: Array(chunk.readableBytesView.prefix(300))) }
                decoder.consume(chunk.readableBytesView)
            }
        } catch {
            // What came before the cut counts; the rest is unknown.
            if error is CancellationError || Task.isCancelled || error is DynamicsError || decoder.parts.isEmpty { throw error }
        }
        decoder.finish()
        return .value(
            BatchAnswer(status: status, parts: decoder.parts, isComplete: decoder.isComplete, beginning: beginning))
    }

    private func whole(_ response: HTTPClientResponse) async throws -> Answer {
        do {
            let body = try await response.body.collect(upTo: configuration.maximumResponseBytes)
            return Answer(
                status: Int(response.status.code), headers: response.headers, body: Array(body.readableBytesView))
        } catch is NIOTooManyBytesError {
            throw tooLong(Int(response.status.code))
        }
    }

    private func tooLong(_ status: Int) -> DynamicsError {
        DynamicsError(
            .malformed, "The environment's answer is longer than \(configuration.maximumResponseBytes) bytes.",
            fault: DynamicsFault(status: status, code: "malformed"))
    }
}

extension RequestReport {
    mutating func take(_ headers: ProtectionHeaders) {
        server = headers.server
        remainingExecutionSeconds = headers.remainingExecutionSeconds
        remainingRequests = headers.remainingRequests
        parallelismHint = headers.parallelismHint
    }
}

extension Span {
    /// Names of attributes are OpenTelemetry's own where it has one. The address itself stays out: its filters have numbers in them.
    fileprivate func describe(_ request: HTTPClientRequest, _ work: RequestWork, lane: BudgetLane, waited: Duration) {
        guard isRecording else { return }
        updateAttributes {
            $0["http.request.method"] = request.method.rawValue
            $0["server.address"] = URLComponents(string: request.url)?.host
            $0["trunkline.dynamics.reads"] = work.reads
            $0["trunkline.dynamics.changes"] = work.changes
            $0["trunkline.dynamics.lane"] = "\(lane)"
            // For the budget to admit it.
            $0["trunkline.dynamics.waited_ms"] = Int(waited / .milliseconds(1))
        }
    }
}
