/// A refusal of the token endpoint.
struct SignInError: Error {
    var status: Int
    var error: String
    var code: Int
    var message: String

    static func unknownDirectory(_ name: String) -> SignInError {
        SignInError(
            status: 400, error: "invalid_request", code: 90002,
            message:
                "Tenant '\(name)' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. "
                + "Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant."
        )
    }

    static func grant(_ grant: String?) -> SignInError {
        guard let grant else { return missing("grant_type") }
        return SignInError(
            status: 400, error: "unsupported_grant_type", code: 70003,
            message: "The app requested an unsupported grant type '\(grant)'.")
    }

    static func missing(_ parameter: String) -> SignInError {
        let code = parameter == "grant_type" ? 900144 : parameter.hasPrefix("client_assertion") ? 7_000_218 : 900144
        return SignInError(
            status: code == 7_000_218 ? 401 : 400, error: code == 7_000_218 ? "invalid_client" : "invalid_request", code: code,
            message: "The request body must contain the following parameter: '\(parameter)'.")
    }

    static func scope(_ scope: String) -> SignInError {
        SignInError(
            status: 400, error: "invalid_scope", code: 1_002_012,
            message:
                "The provided value for scope \(scope) is not valid. Client credential flows must have a scope value with /.default "
                + "suffixed to the resource identifier (application ID URI).")
    }

    static func unknownResource(_ name: String) -> SignInError {
        SignInError(
            status: 400, error: "invalid_resource", code: 500_011,
            message:
                "The resource principal named \(name) was not found in the tenant named demo. This can happen if the application has "
                + "not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent "
                + "your authentication request to the wrong tenant.")
    }

    static func unknownApplication(_ id: String, _ directory: String) -> SignInError {
        SignInError(
            status: 400, error: "unauthorized_client", code: 700_016,
            message:
                "Application with identifier '\(id)' was not found in the directory '\(directory)'. This can happen if the application "
                + "has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent "
                + "your authentication request to the wrong tenant.")
    }

    static func wrongSecret(_ id: String) -> SignInError {
        SignInError(
            status: 401, error: "invalid_client", code: 7_000_215,
            message:
                "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client "
                + "secret ID, for a secret added to app '\(id)'.")
    }

    static func expiredSecret(_ id: String) -> SignInError {
        SignInError(
            status: 401, error: "invalid_client", code: 7_000_222,
            message:
                "The provided client secret keys for app '\(id)' are expired. Visit the Azure portal to create new keys for your app, or "
                + "consider using certificate credentials for added security.")
    }

    static func assertion(_ reason: String) -> SignInError {
        SignInError(
            status: 401, error: "invalid_client", code: 700_027,
            message:
                "The certificate with identifier used to sign the client assertion is not registered on application, or its signature is "
                + "invalid. [Reason - \(reason)]")
    }

    static func assertionTime(_ reason: String) -> SignInError {
        SignInError(
            status: 401, error: "invalid_client", code: 700_024,
            message: "Client assertion is not within its valid time range. \(reason)")
    }

    static func assertionAudience(_ audience: String) -> SignInError {
        SignInError(
            status: 401, error: "invalid_client", code: 700_023,
            message: "Client assertion audience claim does not match Realm issuer. '\(audience)' is not this endpoint.")
    }

    static let method = SignInError(
        status: 400, error: "invalid_request", code: 900_561,
        message: "The endpoint only accepts POST requests. Received a GET request.")
}
