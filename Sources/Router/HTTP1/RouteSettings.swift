import NIOCore

/// How the router serves.
struct RouteSettings: Sendable {
    enum Keeping: String, Sendable { case all, routed, none }

    var mostBody = 65_536
    var deadline: TimeAmount = .milliseconds(500)
    var mostInFlight = 1024
    /// Of each event loop.
    var mostConnections = 20_000
    /// Nanoseconds: so long a request may take to come after its first byte, a handshake to succeed, and an answer to be taken.
    var requestPatience: UInt64 = 10_000_000_000
    /// Nanoseconds for which a connection may be idle.
    var idlePatience: UInt64 = 75_000_000_000
    /// How long connections may go on when the program ends.
    var drainPatience: Duration = .seconds(5)
    var keeping = Keeping.all
}
