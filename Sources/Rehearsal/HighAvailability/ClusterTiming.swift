/// How soon Patroni takes a primary for lost, in seconds.
public struct ClusterTiming: Sendable {
    /// How long a leader's claim holds when it is not renewed. From 3.2 on Patroni takes nothing under 20.
    public var ttl = 8
    /// From one look to the next, at which a leader renews its claim.
    public var loopWait = 1
    /// How long a question to etcd or to PostgreSQL is repeated.
    public var retryTimeout = 3

    public init(ttl: Int = 8) { self.ttl = ttl }

    /// Patroni's rule: a leader that can't reach etcd must have given up before its claim runs out.
    var isSound: Bool { loopWait + 2 * retryTimeout <= ttl }
}
