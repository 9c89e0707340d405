import Foundation
import Sandbox
import Synchronization

/// A clock that stands still until it is moved; sleeping moves it.
final class ManualClock: SandboxClock {
    private let seconds = Mutex(0.0)
    let speed: Double
    /// Sleeping does not move it either: what is begun seems to run for ever.
    let standsStill: Bool

    init(speed: Double = 1, standsStill: Bool = false) {
        self.speed = speed
        self.standsStill = standsStill
    }

    var elapsed: Double { seconds.withLock { $0 } }
    var now: Date { Date(timeIntervalSince1970: 1_772_445_600 + elapsed) }
    func advance(_ by: Double) { seconds.withLock { $0 += by } }
    func sleep(seconds: Double) async { if !standsStill { advance(seconds) } }
}

/// Talks to a simulated Dataverse without a socket.
final class DataverseClient: Sendable {
    static let origin = "https://demo.crm4.localhost"
    static let root = "\(origin)/api/data/v9.2/"
    let dataverse: Dataverse
    let clock: ManualClock
    private let token = Mutex<String?>(nil)

    init(
        clock: ManualClock = ManualClock(), _ configure: (inout DataverseConfiguration) -> Void = { _ in },
        faults: DataverseFaultDecision? = nil
    ) {
        var configuration = DataverseConfiguration()
        configure(&configuration)
        self.clock = clock
        dataverse = Dataverse(configuration: configuration, clock: clock, faults: faults)
    }

    /// A token request with these form fields besides the usual ones.
    func signIn(
        _ fields: [String: String] = ["client_secret": "demo-secret-one"], directory: String? = nil,
        headers: SandboxHeaders = [:],
        dropping dropped: Set<String> = []
    ) async -> Answer {
        var form = [
            "client_id": DataverseApplication.demo.clientID, "scope": "\(Self.origin)/.default",
            "grant_type": "client_credentials",
        ]
        form.merge(fields) { $1 }
        let allowed = CharacterSet.alphanumerics
        let body = form.filter { !dropped.contains($0.key) }
            .map { "\($0.key)=\($0.value.addingPercentEncoding(withAllowedCharacters: allowed)!)" }.joined(separator: "&")
        return Answer(
            await dataverse.respond(
                to: SandboxRequest(
                    method: "POST", path: "/\(directory ?? dataverse.configuration.directory)/oauth2/v2.0/token",
                    headers: headers,
                    body: Array(body.utf8), origin: Self.origin)))
    }

    private func bearer() async -> String {
        if let token = token.withLock({ $0 }) { return token }
        let fresh = await signIn().json["access_token"]?.string ?? ""
        token.withLock { $0 = fresh }
        return fresh
    }

    func renew() { token.withLock { $0 = nil } }

    /// A request to the Web API; the path is relative to the service root and may carry a query.
    func send(
        _ method: String, _ path: String, _ body: JSON? = nil, headers: SandboxHeaders = [:], raw: [UInt8]? = nil
    ) async -> Answer {
        let parts = path.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        var headers = headers
        if headers["Authorization"] == nil { headers["Authorization"] = "Bearer \(await bearer())" }
        if headers["Content-Type"] == nil { headers["Content-Type"] = "application/json" }
        let request = SandboxRequest(
            method: method, path: "/api/data/v9.2/\(parts[0])", query: parts.count > 1 ? String(parts[1]) : "", headers: headers,
            body: raw ?? body?.encoded ?? [], origin: Self.origin)
        return Answer(await dataverse.respond(to: request))
    }

    func get(_ path: String, headers: SandboxHeaders = [:]) async -> Answer { await send("GET", path, headers: headers) }

    func batch(_ body: String, headers: SandboxHeaders = [:], boundary: String = "batch_1") async -> Answer {
        var headers = headers
        headers["Content-Type"] = "multipart/mixed; boundary=\(boundary)"
        return await send("POST", "$batch", headers: headers, raw: Array(body.utf8))
    }
}

/// An answer with its body read.
struct Answer: Sendable {
    let response: SandboxResponse
    init(_ response: SandboxResponse) { self.response = response }

    var status: Int { response.status }
    var text: String { String(decoding: response.body, as: UTF8.self) }
    var json: JSON { (try? JSON(parsing: response.body)) ?? .null }
    var code: String? { json["error"]?["code"]?.string }
    var message: String { json["error"]?["message"]?.string ?? "" }
    var rows: [JSON] { json["value"]?.array ?? [] }
    var id: String? {
        response.headers["OData-EntityId"].flatMap { $0.split(separator: "(").last?.dropLast() }.map(String.init)
    }
    /// Status lines of the parts of a batch.
    var statuses: [Int] {
        text.components(separatedBy: "HTTP/1.1 ").dropFirst().compactMap { Int($0.prefix(3)) }
    }
}
