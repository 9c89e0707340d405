public import Hummingbird
public import HummingbirdCore
public import HummingbirdCore
public import NIOCore

/// What the clients of a server may take of the program.
public struct ConnectionBounds: Sendable {
    /// Connections at once; further ones wait until one of them has ended.
    private let most: Int
    /// A client that takes nothing of its answer for this long is left.
    private let unread: TimeAmount

    public init(most: Int = 4096, unread: TimeAmount = .seconds(30)) {
        self.most = most
        self.unread = unread
    }

    /// HTTP/1.1 within these bounds.
    ///
    /// - Parameter idle: a connection that says nothing for this long, in the middle of a request too, is closed.
    public func http1(idle: TimeAmount) -> HTTPServerBuilder {
        .http1(configuration: .init(additionalChannelHandlers: [UnreadAnswers(patience: unread)], idleTimeout: idle))
    }

    /// - Parameter port: 0 takes a free one.
    public func configuration(host: String, port: Int) -> ApplicationConfiguration {
        ApplicationConfiguration(
            address: .hostname(host, port: port), serverName: nil,
            availableConnectionsDelegate: MaximumAvailableConnections(most))
    }
}
