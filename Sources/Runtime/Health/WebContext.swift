public import Hummingbird
public import NIOCore

/// What goes with a request to a program's own web server.
public struct WebContext: RequestContext {
    public var coreContext: CoreRequestContextStorage
    /// Who is at the other end of the connection; nil in tests without one.
    public let remoteAddress: SocketAddress?

    public init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        remoteAddress = source.channel.remoteAddress
    }
}
