public import Runtime

/// The settings of `router` beyond those every program has; `router config keys` lists them.
public enum RouterKeys {
    static let host = ConfigurationKey(
        "route.host", .text, default: "127.0.0.1", "The address on which routing questions are answered; `0.0.0.0` for all.")
    static let port = ConfigurationKey(
        "route.port", .integer(0...65535), default: "8090", "The port for them; 0 takes a free one and logs it.")
    static let certificate = ConfigurationKey(
        "route.certificate_file", .readableFile, "PEM file of the certificate chain. Without it questions come without TLS.")
    static let key = ConfigurationKey("route.key_file", .privateKey, "PEM file of the certificate's private key.")
    static let index = ConfigurationKey(
        "route.index", .choice(["memory", "database"]), default: "memory",
        "Where callers are looked up: `memory` takes 17 bytes for each number and needs no database to answer; `database` asks it each time."
    )
    static let lookups = ConfigurationKey(
        "route.lookups", .integer(1...64), default: "2",
        "Round trips for look-ups at once, each on a connection of its own (`route.index: database`).")
    static let deadline = ConfigurationKey(
        "route.deadline", .duration(.milliseconds(10)...(.seconds(5))), default: "500ms",
        "After so long the answer is 204. Enreach waits 5 s.")
    static let inFlight = ConfigurationKey(
        "route.in_flight", .integer(1...100_000), default: "1024",
        "Look-ups each network thread waits for at once; questions beyond are answered 204.")
    static let connections = ConfigurationKey(
        "route.connections", .integer(1...1_000_000), default: "20000",
        "Connections each network thread keeps; further ones are closed.")
    static let body = ConfigurationKey(
        "route.body_limit", .integer(256...1_048_576), default: "65536", "Most bytes of a question.")
    static let requestPatience = ConfigurationKey(
        "route.request_timeout", .duration(.milliseconds(100)...(.seconds(60))), default: "10s",
        "How long a request may take to come, a handshake to succeed, and an answer to be taken.")
    static let idlePatience = ConfigurationKey(
        "route.idle_timeout", .duration(.milliseconds(100)...(.seconds(3600))), default: "75s",
        "How long a connection may be idle.")
    static let stale = ConfigurationKey(
        "route.stale_after", .duration(.seconds(1)...(.seconds(30 * 86_400))), default: "24h",
        "When the database was away for so long, nothing in memory is trusted and the answer is 204.")
    static let keep = ConfigurationKey(
        "route.decisions.keep", .choice(["all", "routed", "none"]), default: "all", "Which decisions are kept with their story.")
    static let keepRate = ConfigurationKey(
        "route.decisions.rate", .integer(1...1_000_000), default: "5000",
        "Most decisions kept in a second; those above are counted only.")
    static let keepDays = ConfigurationKey(
        "route.decisions.days", .integer(1...3650), default: "30", "Days for which decisions are kept.")
    static let mask = ConfigurationKey(
        "route.decisions.mask", .boolean, default: "false", "Whether callers' numbers are masked in kept decisions.")
    static let listen = ConfigurationKey(
        "route.listen", .boolean, default: "true",
        "Whether to hear of changes by LISTEN, on a direct connection of its own. Off behind a pooler in transaction mode: versions are looked at every second anyway."
    )
    static let listenURL = ConfigurationKey(
        "route.listen_url", .connectionString, "Direct connection to listen on, where `database.url` leads through a pooler.")
}

extension ConfigurationSchema {
    /// Everything `router` can be told.
    public static let router = common.adding([
        RouterKeys.host, RouterKeys.port, RouterKeys.certificate, RouterKeys.key, RouterKeys.index, RouterKeys.lookups,
        RouterKeys.deadline,
        RouterKeys.inFlight, RouterKeys.connections, RouterKeys.body, RouterKeys.requestPatience, RouterKeys.idlePatience,
        RouterKeys.stale,
        RouterKeys.keep, RouterKeys.keepRate, RouterKeys.keepDays, RouterKeys.mask, RouterKeys.listen, RouterKeys.listenURL,
    ])
}
