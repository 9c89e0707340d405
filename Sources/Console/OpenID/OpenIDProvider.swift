import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Runtime
import Synchronization

/// An identity provider to sign in with: its document and keys, read when they are needed and again when they are old, and the exchange
/// of a code for an identity.
final class OpenIDProvider: Sendable {
    private struct Known {
        var document: (value: ProviderDocument, at: ContinuousClock.Instant)?
        var keys: (value: ProviderKeys, at: ContinuousClock.Instant)?
    }

    let settings: OpenIDSettings
    private let client: HTTPClient
    private let clock: @Sendable () -> ContinuousClock.Instant
    private let known = Mutex(Known())

    /// Documents and keys older than this are read again.
    private static let oldest = Duration.seconds(12 * 3600)
    /// A token with a key we don't know makes us look again, but not for each token that somebody makes up.
    private static let pause = Duration.seconds(30)

    init(
        _ settings: OpenIDSettings, client: HTTPClient, clock: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.settings = settings
        self.client = client
        self.clock = clock
    }

    var name: String { settings.name }

    /// Where to send the browser.
    func address(state: String, nonce: String, challenge: String, redirect: String) async throws -> String {
        let query = Query([
            .init(name: "client_id", value: settings.clientID), .init(name: "response_type", value: "code"),
            .init(name: "response_mode", value: "query"), .init(name: "scope", value: "openid profile email"),
            .init(name: "redirect_uri", value: redirect), .init(name: "state", value: state), .init(name: "nonce", value: nonce),
            .init(name: "code_challenge", value: challenge), .init(name: "code_challenge_method", value: "S256"),
        ])
        let page = try await document().authorization
        return page + (page.contains("?") ? "&" : "?") + query.encoded
    }

    /// Who signed in, by the code that the browser brought back.
    func identity(code: String, verifier: String, redirect: String, nonce: String) async throws -> IdentityClaims {
        let token = try await redeem(code: code, verifier: verifier, redirect: redirect)
        guard let id = ProviderKeys.keyID(of: token) else {
            throw OpenIDError(.token, "the identity token is not signed by RS256")
        }
        let payload = try await keys(having: id).payload(of: token)
        return try IdentityClaims(payload, settings: settings, nonce: nonce, now: Date())
    }

    private func redeem(code: String, verifier: String, redirect: String) async throws -> String {
        let form = Query([
            .init(name: "grant_type", value: "authorization_code"), .init(name: "client_id", value: settings.clientID),
            .init(name: "client_secret", value: settings.secret.current().reveal()), .init(name: "code", value: code),
            .init(name: "redirect_uri", value: redirect), .init(name: "code_verifier", value: verifier),
        ])
        var request = HTTPClientRequest(url: try await document().token)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
        request.body = .bytes(ByteBuffer(string: form.encoded))
        let (status, bytes) = try await send(request)
        let answer = (try? JSONSerialization.jsonObject(with: Data(bytes))) as? [String: Any] ?? [:]
        guard status == 200, let token = answer["id_token"] as? String else {
            // The vendor's own code of the error says more than the words, which may hold names.
            let codes = (answer["error_codes"] as? [Int]).map { $0.map { "AADSTS\($0)" }.joined(separator: " ") }
            throw OpenIDError(
                .refused, "the provider did not take the code: \(codes ?? answer["error"] as? String ?? "status \(status)")")
        }
        return token
    }

    private func document() async throws -> ProviderDocument {
        if let known = known.withLock({ $0.document }), known.at.duration(to: clock()) < Self.oldest { return known.value }
        let (status, bytes) = try await send(HTTPClientRequest(url: settings.issuer + "/.well-known/openid-configuration"))
        guard status == 200 else {
            throw OpenIDError(.provider, "the provider answered \(status) to the question for its discovery document")
        }
        let document = try ProviderDocument.read(bytes, issuer: settings.issuer)
        known.withLock { $0.document = (document, clock()) }
        return document
    }

    private func keys(having id: String) async throws -> ProviderKeys {
        if let known = known.withLock({ $0.keys }) {
            let age = known.at.duration(to: clock())
            if known.value.has(id), age < Self.oldest { return known.value }
            if age < Self.pause {
                throw OpenIDError(.token, "the identity token is signed by a key that the provider does not show")
            }
        }
        let (status, bytes) = try await send(HTTPClientRequest(url: try await document().keys))
        guard status == 200 else { throw OpenIDError(.provider, "the provider answered \(status) to the question for its keys") }
        let keys = try await ProviderKeys(bytes)
        known.withLock { $0.keys = (keys, clock()) }
        guard keys.has(id) else {
            throw OpenIDError(.token, "the identity token is signed by a key that the provider does not show")
        }
        return keys
    }

    private func send(_ request: HTTPClientRequest) async throws -> (status: Int, bytes: [UInt8]) {
        do {
            let response = try await client.execute(request, timeout: .seconds(10))
            let body = try await response.body.collect(upTo: 1 << 20)
            return (Int(response.status.code), Array(body.readableBytesView))
        } catch {
            throw OpenIDError(.provider, "the provider can't be reached")
        }
    }
}
