import Foundation
import Synchronization

/// The sign-in authority: OpenID discovery, the page on which people sign in, and the token endpoint for them and for applications.
struct SignIn {
    let dataverse: Dataverse
    let request: SandboxRequest

    func respond() async -> SandboxResponse {
        switch dataverse.faults?(.before, request) {
        case .cut: return SandboxResponse(status: 503, cutConnection: true)
        case .gateway(let status): return GatewayPage.response(status)
        case .slow(let seconds): await dataverse.clock.sleep(seconds: seconds)
        default: break
        }
        let latency = dataverse.configuration.latency
        if latency.network > 0 { await dataverse.clock.sleep(seconds: latency.network) }
        var response = await answer()
        if case .cut? = dataverse.faults?(.afterCommit, request) { response.cutConnection = true }
        return response
    }

    private func answer() async -> SandboxResponse {
        let token = "/oauth2/v2.0/token"
        let discovery = "/v2.0/.well-known/openid-configuration"
        let (authorize, keys) = ("/oauth2/v2.0/authorize", "/discovery/v2.0/keys")
        if request.path.hasSuffix(token) {
            guard request.method == "POST" else { return answer(SignInError.method) }
            return await self.token(directory: directory(before: token), authority: authority(before: token))
        }
        if request.path.hasSuffix(discovery) {
            return self.discovery(directory: directory(before: discovery), authority: authority(before: discovery))
        }
        if request.path.hasSuffix(authorize) {
            guard isKnown(directory(before: authorize)) else { return answer(.unknownDirectory(directory(before: authorize))) }
            return Authorize(dataverse: dataverse, request: request).respond()
        }
        if request.path.hasSuffix(keys), isKnown(directory(before: keys)), let published = try? dataverse.keys.published() {
            return json(200, published)
        }
        return SandboxResponse(status: 404)
    }

    private func directory(before suffix: String) -> String {
        String(request.path.dropLast(suffix.count).split(separator: "/").last ?? "")
    }

    /// The authority's address as the client calls it, without the directory.
    private func authority(before suffix: String) -> String {
        request.origin + request.path.dropLast(suffix.count).split(separator: "/").dropLast().map { "/\($0)" }.joined()
    }

    private func isKnown(_ directory: String) -> Bool {
        let directory = URLText.decode(directory).lowercased()
        return directory == dataverse.configuration.directory.lowercased()
            || directory == dataverse.configuration.directoryName.lowercased()
    }

    private func discovery(directory: String, authority: String) -> SandboxResponse {
        guard isKnown(directory) else { return answer(.unknownDirectory(directory)) }
        let root = "\(authority)/\(dataverse.configuration.directory)"
        return json(
            200,
            [
                "token_endpoint": .string("\(authority)/\(directory)/oauth2/v2.0/token"),
                "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt", "client_secret_basic"],
                "jwks_uri": .string("\(root)/discovery/v2.0/keys"),
                "response_modes_supported": ["query", "fragment", "form_post"],
                "subject_types_supported": ["pairwise"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
                "scopes_supported": ["openid", "profile", "email", "offline_access"],
                "issuer": .string("\(root)/v2.0"),
                "request_uri_parameter_supported": false,
                "authorization_endpoint": .string("\(authority)/\(directory)/oauth2/v2.0/authorize"),
                "device_authorization_endpoint": .string("\(authority)/\(directory)/oauth2/v2.0/devicecode"),
                "end_session_endpoint": .string("\(authority)/\(directory)/oauth2/v2.0/logout"),
                "tenant_region_scope": "EU",
                "cloud_instance_name": "microsoftonline.com",
            ])
    }

    // MARK: Token

    private func token(directory: String, authority: String) async -> SandboxResponse {
        let form = SignInForm(request)
        do throws(SignInError) {
            guard isKnown(directory) else { throw .unknownDirectory(directory) }
            if form["grant_type"] == "authorization_code" { return try await redeem(form, authority) }
            guard form["grant_type"] == "client_credentials" else { throw .grant(form["grant_type"]) }
            let resource = try resource(form["scope"])
            let application = try await authenticate(
                form, audiences: [request.origin + request.path, "\(authority)/\(dataverse.configuration.directory)/v2.0"])
            return issue(application, resource)
        } catch {
            return answer(error)
        }
    }

    private func redeem(_ form: SignInForm, _ authority: String) async throws(SignInError) -> SandboxResponse {
        let issuer = "\(authority)/\(dataverse.configuration.directory)/v2.0"
        let application = try await authenticate(form, audiences: [request.origin + request.path, issuer])
        return json(200, try CodeRedemption(dataverse: dataverse, form: form, application: application, issuer: issuer).tokens())
    }

    /// The environment a scope names, without a trailing slash.
    private func resource(_ scope: String?) throws(SignInError) -> String {
        guard let scope, scope.hasSuffix("/.default") else { throw .scope(scope ?? "") }
        var resource = scope.dropLast(9)[...]
        while resource.last == "/" { resource = resource.dropLast() }
        let name = String(resource)
        if dataverse.configuration.resources.contains(where: { $0.lowercased() == name.lowercased() }) { return name }
        guard SignIn.host(name) == SignIn.host(request.origin), SignIn.host(name) != nil else { throw .unknownResource(name) }
        return name
    }

    /// The host of a URL, the names of loopback all being one.
    private static func host(_ url: String) -> String? {
        guard let host = URL(string: url)?.host else { return nil }
        return ["127.0.0.1", "localhost", "::1", "[::1]"].contains(host.lowercased()) ? "loopback" : host.lowercased()
    }

    private func authenticate(_ form: SignInForm, audiences: [String]) async throws(SignInError) -> DataverseApplication {
        guard let clientID = form["client_id"] else { throw .missing("client_id") }
        guard
            let application = dataverse.configuration.applications.first(where: {
                $0.clientID.lowercased() == clientID.lowercased()
            })
        else { throw .unknownApplication(clientID, dataverse.configuration.directory) }
        if let assertion = form["client_assertion"] {
            guard form["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" else {
                throw .missing("client_assertion_type")
            }
            var judge = ClientAssertion(application: application, audiences: audiences)
            if dataverse.configuration.judgesAssertionsByItsClock { judge.now = dataverse.clock.now.timeIntervalSince1970 }
            try await judge.verify(assertion)
            return application
        }
        guard let secret = form["client_secret"] else { throw .missing("client_assertion' or 'client_secret") }
        if application.secrets.contains(secret) { return application }
        throw application.expiredSecrets.contains(secret) ? .expiredSecret(clientID) : .wrongSecret(clientID)
    }

    private func issue(_ application: DataverseApplication, _ resource: String) -> SandboxResponse {
        let elapsed = dataverse.clock.elapsed
        let speed = max(dataverse.clock.speed, 0.001)
        let (token, lifetime) = dataverse.environment.withLock { environment in
            let lifetime = dataverse.configuration.tokenLifetime ?? Double(3600 + environment.store.random.next() % 1800) - 1
            let token = accessToken(application, resource, lifetime, &environment.store.random)
            environment.tokens[token] = Environment.Token(
                application: application.clientID, user: application.userID.flatMap { Guid($0) }, resource: resource,
                expires: elapsed + lifetime * speed)
            if environment.tokens.count > 1000 { environment.tokens = environment.tokens.filter { $0.value.expires > elapsed } }
            return (token, lifetime)
        }
        return json(
            200,
            [
                "token_type": "Bearer", "expires_in": .integer(Int64(lifetime)), "ext_expires_in": .integer(Int64(lifetime)),
                "access_token": .string(token),
            ])
    }

    /// Looks like the real thing, a JWT; only this server can tell whether it is good.
    private func accessToken(
        _ application: DataverseApplication, _ resource: String, _ lifetime: Double, _ random: inout SeededRandom
    ) -> String {
        let now = Int64(Date().timeIntervalSince1970)
        let header: JSON = ["typ": "JWT", "alg": "RS256", "kid": "sandbox"]
        let claims: JSON = [
            "aud": .string(resource), "iss": .string("https://sts.windows.net/\(dataverse.configuration.directory)/"),
            "iat": .integer(now), "nbf": .integer(now), "exp": .integer(now + Int64(lifetime)),
            "appid": .string(application.clientID), "tid": .string(dataverse.configuration.directory),
            "uti": .string(random.guid().description),
        ]
        let signature = (0..<16).flatMap { _ in withUnsafeBytes(of: random.next()) { Array($0) } }
        return [header.encoded, claims.encoded, signature].map { Base64URL.encode($0) }.joined(separator: ".")
    }

    // MARK: Answers

    private func answer(_ error: SignInError) -> SandboxResponse {
        let (trace, correlation) = dataverse.environment.withLock {
            ($0.store.random.guid().description, $0.store.random.guid().description)
        }
        let time = DateText.dateTime(dataverse.unixTime).map { $0 == "T" ? " " : $0 }
        let timestamp = String(time)
        return json(
            error.status,
            [
                "error": .string(error.error),
                "error_description": .string(
                    "AADSTS\(error.code): \(error.message) Trace ID: \(trace) Correlation ID: \(correlation) Timestamp: \(timestamp)"
                ),
                "error_codes": [.integer(Int64(error.code))], "timestamp": .string(timestamp), "trace_id": .string(trace),
                "correlation_id": .string(correlation), "error_uri": .string("\(request.origin)/error?code=\(error.code)"),
            ])
    }

    private func json(_ status: Int, _ body: JSON) -> SandboxResponse {
        SandboxResponse(
            status: status,
            headers: [
                "Content-Type": "application/json; charset=utf-8", "Cache-Control": "no-store, no-cache", "Pragma": "no-cache",
            ],
            body: body.encoded)
    }
}
