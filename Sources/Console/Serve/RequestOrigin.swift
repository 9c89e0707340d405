import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Tenants

/// Where a request came from, and under which address the browser asked for it.
struct RequestOrigin: Sendable {
    /// The browser's address, as far as it can be believed; empty when there is none.
    let client: String
    /// Scheme, host and port as a browser writes them: `https://console.example`.
    let origin: String
    let isSecure: Bool
    /// The browser and we are on one machine: plain HTTP is no risk there.
    let isLoopback: Bool

    /// - Parameter settings: which proxies are believed, and the public address, which wins over what a request says.
    init(_ request: Request, _ context: ConsoleContext, _ settings: ConsoleSettings) {
        let source = WebhookSource(proxies: settings.proxies)
        let remote = context.remoteAddress
        client = (source.lastHop(to: remote, forwarded: request.headers[Self.forwardedFor]) ?? remote)?.ipAddress ?? ""
        if let url = settings.publicURL {
            origin = Self.origin(of: url)
            isSecure = url.hasPrefix("https://")
            isLoopback = Self.isLoopback(host: Self.host(ofOrigin: origin))
            return
        }
        let forwarded = source.believes(remote) ? Self.last(request.headers[Self.forwardedProto]) : nil
        isSecure = settings.hasTLS || forwarded?.lowercased() == "https"
        let authority = (request.head.authority ?? "").lowercased()
        origin = (isSecure ? "https://" : "http://") + authority
        isLoopback = Self.isLoopback(host: Self.host(ofOrigin: origin))
    }

    /// A cookie is kept from other machines' eyes by TLS, or never leaves the machine.
    var mayHoldSession: Bool { isSecure || isLoopback }

    private static let forwardedFor = HTTPField.Name("X-Forwarded-For")!
    private static let forwardedProto = HTTPField.Name("X-Forwarded-Proto")!

    /// The last proxy's word: those before it are the caller's own.
    private static func last(_ list: String?) -> String? {
        list?.split(separator: ",").last.map { $0.trimmingCharacters(in: .whitespaces) }.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Scheme and authority of an address, the default port left out as browsers do.
    static func origin(of url: String) -> String {
        guard let colons = url.firstRange(of: "://") else { return url }
        let end = url[colons.upperBound...].firstIndex(of: "/") ?? url.endIndex
        var origin = url[..<end].lowercased()
        for (scheme, port) in [("https://", ":443"), ("http://", ":80")] where origin.hasPrefix(scheme) && origin.hasSuffix(port)
        {
            origin = String(origin.dropLast(port.count))
        }
        return origin
    }

    private static func host(ofOrigin origin: String) -> String {
        var host = origin.split(separator: "/").last.map(String.init) ?? ""
        if host.hasPrefix("["), let end = host.firstIndex(of: "]") { return String(host[...end]) }
        if let colon = host.lastIndex(of: ":") { host = String(host[..<colon]) }
        return host
    }

    private static func isLoopback(host: String) -> Bool {
        ["localhost", "127.0.0.1", "[::1]"].contains(host) || host.hasSuffix(".localhost")
    }
}
