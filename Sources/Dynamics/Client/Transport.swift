import AsyncHTTPClient
import Foundation
import Logging
import NIOCore
import NIOHTTP1

/// Sends requests: token, admission, headers, the one repeat after a 401, the repeats after a 429.
struct Transport: Sendable {
    let configuration: DynamicsConfiguration
    let budget: any RequestBudget
    let http: HTTPClient
    let trust: TrustRoots
    let tokens: TokenProvider
    let estimator: CostEstimator
    let logger: Logger
    private let serviceRoot: String
    private let servicePath: String

    init(configuration: DynamicsConfiguration, budget: any RequestBudget, http: HTTPClient, logger: Logger) {
        self.configuration = configuration
        self.budget = budget
        self.http = http
        self.logger = logger
        trust = TrustRoots(file: configuration.certificateAuthorityFile)
        tokens = TokenProvider(configuration: configuration, http: http, trust: trust, logger: logger)
        estimator = CostEstimator(firstGuess: configuration.firstGuess)
        serviceRoot = configuration.serviceRoot
        servicePath = configuration.servicePath
    }

    /// A whole answer.
    struct Answer: Sendable {
        var status: Int
        var headers: HTTPHeaders
        var body: [UInt8]
        var retryAfter: Double? { ProtectionHeaders(headers).retryAfter }
    }

    /// The answer to a `$batch`, read as it came.
    struct BatchAnswer: Sendable {
        var status: Int
        var parts: [BatchPart]
        var isComplete: Bool
        var beginning: String?
    }

    func get(_ query: ODataQuery, link: String? = nil, lane: BudgetLane) async throws -> Answer {
        let link = link.map(ODataURL.legal)
        if let link, !isOurs(link) {
            throw DynamicsError(.malformed, "The environment's next page is on another host.")
        }
        var request = HTTPClientRequest(url: link ?? serviceRoot + ODataURL.target(query))
        request.headers = Self.headers
        if let preference = ODataURL.preference(query) { request.headers.add(name: "Prefer", value: preference) }
        if query.isStronglyConsistent { request.headers.add(name: "Consistency", value: "Strong") }
        let answer = try await exchange(request, RequestWork(reads: 1), lane: lane, kind: .read, collecting)
        guard (200..<300).contains(answer.status) else { throw DynamicsError(refused: answer) }
        return answer
    }

    func send(_ change: Change, lane: BudgetLane) async throws -> Answer {
        var request = HTTPClientRequest(url: serviceRoot + ODataURL.encodedPath(change.path))
        request.method = HTTPMethod(rawValue: change.method.rawValue)
        request.headers = Self.headers
        if let condition = change.conditionHeader {
            request.headers.replaceOrAdd(name: condition.name, value: condition.value)
        }
        for header in change.headers { request.headers.replaceOrAdd(name: header.name, value: header.value) }
        if !change.body.isEmpty {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: change.body))
        }
        return try await exchange(request, RequestWork(changes: 1), lane: lane, kind: .change, collecting)
    }

    /// - Throws: ``DynamicsError`` when the request failed as a whole.
    func batch(_ operations: ArraySlice<BatchOperation>, lane: BudgetLane, continueOnError: Bool) async throws -> BatchAnswer {
        let encoder = BatchEncoder(root: servicePath, boundary: "batch_" + UUID().uuidString.lowercased())
        var request = HTTPClientRequest(url: serviceRoot + "$batch")
        request.method = .POST
        request.headers = Self.headers
        request.headers.add(name: "Content-Type", value: encoder.contentType)
        if continueOnError { request.headers.add(name: "Prefer", value: "odata.continue-on-error") }
        request.body = .bytes(encoder.body(operations))
        let answer = try await exchange(request, RequestWork(operations), lane: lane, kind: .batch, decoding)
        DynamicsMetrics.operations(operations.count)
        return answer
    }

    /// Where the token may go: to the environment's own host only.
    private func isOurs(_ link: String) -> Bool {
        guard let ours = URLComponents(string: serviceRoot), let theirs = URLComponents(string: link) else { return false }
        return ours.scheme == theirs.scheme && ours.host?.lowercased() == theirs.host?.lowercased() && ours.port == theirs.port
    }

    private static let headers: HTTPHeaders = [
        "Accept": "application/json", "OData-Version": "4.0", "OData-MaxVersion": "4.0", "If-None-Match": "null",
    ]
}
