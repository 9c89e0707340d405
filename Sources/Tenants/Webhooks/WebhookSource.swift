package import NIOCore

/// From which address a webhook came, or a browser's request. Pure.
package struct WebhookSource: Sendable {
    /// Proxies whose word is believed; nil: nobody's, the connection's own address is the source.
    let proxies: SourceNetworks?

    /// - Parameter proxies: with no network in them nobody is believed: "everybody" is no proxy.
    package init(proxies: SourceNetworks?) { self.proxies = proxies.flatMap { $0.admitsEverybody ? nil : $0 } }

    /// The address that counts: the connection's, or where that is a proxy's, the last one in the list that is none, since those before it are
    /// the caller's own word. Nil: the list can't be read so far, so nobody knows.
    ///
    /// - Parameter forwarded: the text of `X-Forwarded-For`, all such headers joined by commas; nil where there is none.
    package func address(of peer: SocketAddress?, forwarded: String?) -> SocketAddress? {
        guard let proxies, let forwarded, proxies.admits(peer) else { return peer }
        var last = peer
        for hop in forwarded.split(separator: ",", omittingEmptySubsequences: false).reversed() {
            guard let address = Self.address(hop) else { return nil }
            last = address
            if !proxies.admits(address) { return address }
        }
        return last
    }

    /// Whether who has this address is believed about where requests come from.
    package func believes(_ peer: SocketAddress?) -> Bool { proxies.map { $0.admits(peer) } ?? false }

    /// The address that the proxy before us saw; the connection's own where that is no proxy's. Unlike ``address(of:forwarded:)`` a proxy's
    /// address counts as well: guesses are counted by it, and who guesses from within the proxies' networks could make up all before it. Nil:
    /// it can't be read.
    ///
    /// - Parameter forwarded: as for ``address(of:forwarded:)``.
    package func lastHop(to peer: SocketAddress?, forwarded: String?) -> SocketAddress? {
        guard let forwarded, believes(peer) else { return peer }
        return forwarded.split(separator: ",", omittingEmptySubsequences: false).last.flatMap(Self.address)
    }

    /// `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]` or `[2001:db8::1]:4711`.
    private static func address(_ hop: Substring) -> SocketAddress? {
        var text = hop.drop { $0 == " " || $0 == "\t" }
        while let end = text.last, end == " " || end == "\t" { text.removeLast() }
        if text.first == "[" {
            guard let end = text.firstIndex(of: "]") else { return nil }
            let rest = text[text.index(after: end)...]
            guard rest.isEmpty || rest.first == ":" && isPort(rest.dropFirst()) else { return nil }
            text = text[text.index(after: text.startIndex)..<end]
        } else if let colon = text.firstIndex(of: ":"), !text[text.index(after: colon)...].contains(":") {
            guard isPort(text[text.index(after: colon)...]) else { return nil }
            text = text[..<colon]
        }
        return try? SocketAddress(ipAddress: String(text), port: 0)
    }

    private static func isPort(_ text: Substring) -> Bool { UInt16(text) != nil && text.allSatisfy(\.isNumber) }
}
