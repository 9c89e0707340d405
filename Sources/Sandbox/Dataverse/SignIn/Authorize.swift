import Foundation
import Synchronization

/// The page on which one signs in: here one chooses who one is. Then the browser goes back to the application with a code.
struct Authorize {
    let dataverse: Dataverse
    let request: SandboxRequest

    /// Why it can't go on; shown here when the application's address is not to be trusted, else told to the application.
    private struct Refusal: Error {
        let code: Int
        let message: String
        /// As OAuth calls it, for the application; nil: only shown.
        var told: String?
    }

    private var fields: [String: String] {
        Dictionary(URLText.pairs(request.query)) { first, _ in first }
    }

    func respond() -> SandboxResponse {
        let fields = fields
        do throws(Refusal) {
            let application = try application(fields)
            let redirect = try redirect(fields, application)
            do throws(Refusal) {
                try check(fields)
                guard let chosen = fields["sandbox_user"] else { return page(fields) }
                guard let user = dataverse.configuration.users.first(where: { $0.id == chosen }) else {
                    throw Refusal(
                        code: 50_034, message: "The user account does not exist in the directory.", told: "access_denied")
                }
                return back(redirect, [("code", code(user, application, redirect, fields)), ("state", fields["state"])])
            } catch {
                guard let told = error.told else { throw error }
                return back(
                    redirect,
                    [("error", told), ("error_description", "AADSTS\(error.code): \(error.message)"), ("state", fields["state"])])
            }
        } catch {
            return Self.html(
                400,
                "<h1>Sign in</h1><p>Sorry, but we’re having trouble signing you in.</p><p>AADSTS\(error.code): \(Self.escaped(error.message))</p>"
            )
        }
    }

    private func application(_ fields: [String: String]) throws(Refusal) -> DataverseApplication {
        let id = fields["client_id"] ?? ""
        guard let application = dataverse.configuration.applications.first(where: { $0.clientID.lowercased() == id.lowercased() })
        else {
            throw Refusal(
                code: 700_016,
                message:
                    "Application with identifier '\(id)' was not found in the directory '\(dataverse.configuration.directory)'.")
        }
        return application
    }

    /// Registered ones, and any on this machine: the real directory takes http for localhost alone, and lets its port differ.
    private func redirect(_ fields: [String: String], _ application: DataverseApplication) throws(Refusal) -> String {
        let redirect = fields["redirect_uri"] ?? ""
        let host = URL(string: redirect)?.host ?? ""
        guard application.redirectURIs.contains(redirect) || ["localhost", "127.0.0.1", "::1"].contains(host) else {
            throw Refusal(
                code: 50_011,
                message:
                    "The redirect URI '\(redirect)' specified in the request does not match the redirect URIs configured for the application."
            )
        }
        return redirect
    }

    private func check(_ fields: [String: String]) throws(Refusal) {
        guard fields["response_type"] == "code" else {
            throw Refusal(
                code: 700_051, message: "response_type '\(fields["response_type"] ?? "")' is not enabled for the application.",
                told: "unsupported_response_type")
        }
        let scopes = (fields["scope"] ?? "").split(separator: " ")
        guard scopes.contains("openid") else {
            throw Refusal(code: 900_144, message: "The request must contain the scope 'openid'.", told: "invalid_scope")
        }
        if fields["code_challenge"] != nil, fields["code_challenge_method"] != "S256" {
            throw Refusal(
                code: 501_481, message: "The Code_Challenge_Method must be 'S256'.", told: "invalid_request")
        }
    }

    private func code(
        _ user: DirectoryUser, _ application: DataverseApplication, _ redirect: String, _ fields: [String: String]
    ) -> String {
        let bytes = dataverse.environment.withLock { environment in
            (0..<4).flatMap { _ in withUnsafeBytes(of: environment.store.random.next()) { Array($0) } }
        }
        let code = "1.\(Base64URL.encode(bytes))"
        dataverse.codes.add(
            code,
            .init(
                user: user, clientID: application.clientID, redirect: redirect, nonce: fields["nonce"],
                challenge: fields["code_challenge"],
                expires: dataverse.clock.elapsed + 600 * max(dataverse.clock.speed, 0.001)))
        return code
    }

    private func back(_ redirect: String, _ values: [(String, String?)]) -> SandboxResponse {
        let query = values.compactMap { name, value in value.map { "\(name)=\(URLText.encode($0))" } }.joined(separator: "&")
        return SandboxResponse(status: 302, headers: ["Location": redirect + (redirect.contains("?") ? "&" : "?") + query])
    }

    private func page(_ fields: [String: String]) -> SandboxResponse {
        let users = dataverse.configuration.users.map { user in
            "<li><a href=\"?\(Self.escaped(request.query))&amp;sandbox_user=\(user.id)\">\(Self.escaped(user.name))</a> (\(Self.escaped(user.userName)))</li>"
        }
        return Self.html(
            200, "<h1>Pick an account</h1><p>The sandbox plays the directory: choose who you are.</p><ul>\(users.joined())</ul>")
    }

    private static func html(_ status: Int, _ body: String) -> SandboxResponse {
        let page =
            "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Sign in to your account</title></head><body>\(body)</body></html>"
        return SandboxResponse(
            status: status, headers: ["Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store"],
            body: Array(page.utf8))
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing("\"", with: "&quot;").replacing(
            "'", with: "&#39;")
    }
}
