import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// The console in a rehearsal, and an operator for this run alone, who may do everything there.
struct RehearsedConsole: Sendable {
    /// Where its pages are.
    let address: String
    let name = "demo"
    let password: String

    /// Makes the operator with the command that an administrator would use, starts a console and signs in there.
    static func begin(on hub: RehearsedHub) async throws -> RehearsedConsole {
        let instance = try hub.start(.console)
        let console = RehearsedConsole(address: try address(of: instance), password: newPassword())
        // A password is typed, never an argument: those can be seen by everybody on the machine.
        _ = try await hub.command(
            ["operators", "add", console.name, "--role", "administrator"], input: console.password + "\n")
        try await instance.ready()
        guard try await console.signIn(with: console.password) else {
            throw RehearsalError("nobody can sign in to the console at \(console.address)")
        }
        return console
    }

    static func address(of instance: Instance) throws -> String {
        guard let port = instance.pagesPort else { throw RehearsalError("\(instance.kind.rawValue) serves no pages") }
        return "http://\(instance.host):\(port)"
    }

    /// Signs in as a browser does, and looks at the first page.
    ///
    /// - Returns: false when the password was refused.
    func signIn(with password: String) async throws -> Bool {
        let http = HTTPClient(
            eventLoopGroupProvider: .singleton, configuration: .init(redirectConfiguration: .disallow))
        do {
            let isIn = try await signIn(with: password, over: http)
            try await http.shutdown()
            return isIn
        } catch {
            try await http.shutdown()
            throw error
        }
    }

    private func signIn(with password: String, over http: HTTPClient) async throws -> Bool {
        let form = try await send(HTTPClientRequest(url: address + "/sign-in"), over: http)
        guard form.status == .ok, let token = form.page.firstMatch(of: /name="token" value="([^"]+)"/)?.1 else {
            throw RehearsalError("the console's sign-in page came with \(form.status.code)")
        }
        var request = HTTPClientRequest(url: address + "/sign-in")
        request.method = .POST
        request.headers = [
            "Content-Type": "application/x-www-form-urlencoded", "Origin": address, "Sec-Fetch-Site": "same-origin",
            "Cookie": form.cookies,
        ]
        request.body = .bytes(ByteBuffer(string: "token=\(token)&name=\(name)&password=\(password)&to=/"))
        let answer = try await send(request, over: http)
        guard answer.status == .seeOther else { return false }
        var first = HTTPClientRequest(url: address + "/")
        first.headers = ["Cookie": answer.cookies]
        let page = try await send(first, over: http)
        guard page.status == .ok else { throw RehearsalError("the console's first page came with \(page.status.code)") }
        return true
    }

    private func send(
        _ request: HTTPClientRequest, over http: HTTPClient
    ) async throws -> (status: HTTPResponseStatus, cookies: String, page: String) {
        let response = try await http.execute(request, timeout: .seconds(30))
        let page = String(buffer: try await response.body.collect(upTo: 4 << 20))
        let cookies = response.headers["set-cookie"].map { $0.prefix { $0 != ";" } }.filter { !$0.hasSuffix("=") }
        return (response.status, cookies.joined(separator: "; "), page)
    }

    /// Letters and digits that can't be taken for each other.
    private static func newPassword() -> String {
        let characters = Array("bcdfghjkmnpqrstvwxyz23456789")
        return String((0..<16).map { _ in characters[Int.random(in: characters.indices)] })
    }
}
