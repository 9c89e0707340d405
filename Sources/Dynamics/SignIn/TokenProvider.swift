import AsyncHTTPClient
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import NIOSSL
import Synchronization

/// Signs the application in and keeps the token fresh, with one renewal at a time.
final class TokenProvider: Sendable {
    private let configuration: DynamicsConfiguration
    private let http: HTTPClient
    private let trust: TrustRoots
    private let logger: Logger
    private let slot = Mutex(TokenSlot())
    private let memory = Mutex(Memory())

    /// What was learnt from earlier sign-ins.
    private struct Memory {
        /// The credential that worked last.
        var credential = 0
        var endpoint: String?
        /// Seconds the sign-in service's clock is ahead of ours, once it complained.
        var clockOffset = 0.0
    }

    init(configuration: DynamicsConfiguration, http: HTTPClient, trust: TrustRoots, logger: Logger) {
        self.configuration = configuration
        self.http = http
        self.trust = trust
        self.logger = logger
    }

    /// A token that is good now. Waits while another caller renews; renews itself when it is the first to need it.
    /// - Throws: ``DynamicsError``; `CancellationError`.
    func token() async throws -> String {
        while true {
            try Task.checkCancellation()
            switch slot.withLock({ $0.ask(at: .now) }) {
            case .use(let value): return value
            case .refuse(let error): throw error
            case .wait: await wait()
            case .renew:
                if let value = try await renew() { return value }
            }
        }
    }

    func drop(_ value: String) { slot.withLock { $0.drop(value) } }

    private func wait() async {
        await withCheckedContinuation { continuation in
            if !slot.withLock({ $0.enqueue(continuation) }) { continuation.resume() }
        }
    }

    /// nil when a renewal ahead of time failed and the old token still serves.
    private func renew() async throws -> String? {
        do {
            let token = try await signIn()
            slot.withLock { $0.renewed(token) }.forEach { $0.resume() }
            return token.value
        } catch let error as DynamicsError {
            let (waiters, old) = slot.withLock { ($0.failed(error, at: .now), $0.token) }
            waiters.forEach { $0.resume() }
            guard let old, ContinuousClock.now < old.endsAt else { throw error }
            logger.warning("token renewal failed, the old one still serves", metadata: ["reason": "\(error)"])
            return old.value
        } catch {
            slot.withLock { $0.abandoned() }.forEach { $0.resume() }
            throw error
        }
    }

    /// Tries the credential that worked last, then the other ones.
    private func signIn() async throws -> AccessToken {
        let endpoint = try await tokenEndpoint()
        let count = configuration.credentials.count
        guard count > 0 else {
            throw DynamicsError(.configuration, "No credential is configured: give a secret or a certificate.")
        }
        let first = memory.withLock { $0.credential } % count
        var refusals: [DynamicsError] = []
        for index in (first..<first + count).map({ $0 % count }) {
            do {
                let token = try await signIn(with: configuration.credentials[index], at: endpoint)
                memory.withLock { $0.credential = index }
                if !refusals.isEmpty {
                    logger.notice("signed in with the other credential", metadata: ["credential": "\(index + 1)"])
                }
                return token
            } catch let refusal as CredentialRefusal {
                refusals.append(refusal.error)
            }
        }
        throw refusals.first { $0.code == .signIn } ?? refusals[0]
    }

    /// This credential does not work; another one may.
    private struct CredentialRefusal: Error { var error: DynamicsError }

    private func signIn(with credential: DynamicsCredential, at endpoint: String) async throws -> AccessToken {
        for attempt in 0...1 {
            let offset = memory.withLock { $0.clockOffset }
            let proof: [(String, String)]
            do {
                proof = try await credential.fields(
                    clientID: configuration.clientID, endpoint: endpoint, now: Date().addingTimeInterval(offset))
            } catch let error as DynamicsError {
                throw CredentialRefusal(error: error)
            }
            do {
                return try await request(proof, at: endpoint)
            } catch let failure as SignInFailure {
                if attempt == 0, failure.number == 700_024, let clock = failure.clockOffset, abs(clock - offset) > 30 {
                    memory.withLock { $0.clockOffset = clock }
                    logger.warning(
                        "this machine's clock differs from the sign-in service's", metadata: ["seconds": "\(Int(clock))"])
                    continue
                }
                throw refusal(failure)
            }
        }
        throw DynamicsError(.signIn, "The assertion's times are not accepted: is this machine's clock right?")
    }

    private func refusal(_ failure: SignInFailure) -> any Error {
        let fault = DynamicsFault(status: failure.status, code: failure.code)
        if failure.isTransient {
            return DynamicsError(
                .transient, failure.operatorText, fault: fault, retryAfter: .wait(failure.retryAfter))
        }
        let error = DynamicsError(.signIn, failure.operatorText, fault: fault)
        return failure.isAboutTheCredential ? CredentialRefusal(error: error) : error
    }

    private func request(_ proof: [(String, String)], at endpoint: String) async throws -> AccessToken {
        let fields =
            [
                ("client_id", configuration.clientID), ("scope", configuration.tokenScope),
                ("grant_type", "client_credentials"),
            ] + proof
        var request = HTTPClientRequest(url: endpoint)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
        request.headers.add(name: "Accept", value: "application/json")
        request.body = .bytes(
            ByteBuffer(string: fields.map { "\($0.0)=\(ODataURL.encodedForm($0.1))" }.joined(separator: "&")))
        let asked = ContinuousClock.now
        let (head, body) = try await answer(request)
        guard head.status == .ok else {
            throw SignInFailure(
                status: Int(head.status.code), body: body,
                retryAfter: head.headers.first(name: "Retry-After").flatMap(Double.init).flatMap { boundedSeconds($0) },
                clockOffset: head.headers.first(name: "Date").flatMap(HTTPDate.date).map { $0.timeIntervalSinceNow })
        }
        guard let document = ODataValue(json: body)?.row, let value = document.string("access_token"), !value.isEmpty else {
            throw DynamicsError(
                .malformed, "The sign-in service's answer can't be read.",
                fault: DynamicsFault(status: 200, bodyStart: DynamicsFault.beginning(of: body)))
        }
        return AccessToken(
            value: value, lifetime: AccessToken.lifetime(document["expires_in"]), margin: configuration.renewalMargin, at: asked)
    }

    private func answer(_ request: HTTPClientRequest) async throws -> (HTTPClientResponse, [UInt8]) {
        var request = request
        request.tlsConfiguration = try trust.configuration()
        do {
            let response = try await http.execute(request, timeout: TimeAmount(configuration.signInTimeout))
            let body = try await response.body.collect(upTo: 1 << 20)
            return (response, Array(body.readableBytesView))
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            if Task.isCancelled { throw CancellationError() }
            throw SignInFailure(unreachable: error)
        }
    }

    /// The address to post to: from the discovery document when that is asked for, else the well-known one.
    private func tokenEndpoint() async throws -> String {
        let base = "\(configuration.authority.trimmingSlashes)/\(configuration.directoryID)"
        guard configuration.usesDiscovery else { return base + "/oauth2/v2.0/token" }
        if let known = memory.withLock({ $0.endpoint }) { return known }
        do {
            let (head, body) = try await answer(HTTPClientRequest(url: base + "/v2.0/.well-known/openid-configuration"))
            guard head.status == .ok, let endpoint = ODataValue(json: body)?.row?.string("token_endpoint"),
                DynamicsConfiguration.isAcceptable(endpoint)
            else { throw SignInFailure(status: Int(head.status.code), body: body) }
            memory.withLock { $0.endpoint = endpoint }
            return endpoint
        } catch let failure as SignInFailure {
            if failure.isTransient { throw DynamicsError(.transient, failure.operatorText) }
            throw DynamicsError(.signIn, "The authority's discovery document can't be used: \(failure.operatorText)")
        }
    }
}
