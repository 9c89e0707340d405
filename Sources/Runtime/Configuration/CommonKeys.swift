/// The settings every program has.
public enum CommonKeys {
    public static let databaseURL = ConfigurationKey(
        "database.url", .connectionString, required: true,
        "How to reach PostgreSQL, as libpq has it: several hosts, `target_session_attrs`, `sslmode` and so on.")
    public static let databasePassword = ConfigurationKey(
        "database.password", .secret, "The database password, when it is not in `database.url` or in libpq's own password file.")
    public static let databasePooling = ConfigurationKey(
        "database.pooling", .choice(["session", "transaction"]), default: "session",
        "`transaction` when `database.url` leads through PgBouncer or its like; `session` when it leads to the server itself.")
    public static let databaseConnections = ConfigurationKey(
        "database.connections", .integer(1...200), default: "8", "The most connections the program opens at once.")
    public static let httpHost = ConfigurationKey(
        "http.host", .text, default: "127.0.0.1",
        "The address on which health, metrics and webhooks are served; `0.0.0.0` for all.")
    public static let httpPort = ConfigurationKey(
        "http.port", .integer(0...65535), default: "8080", "The port for them; 0 takes a free one and logs it.")
    public static let threads = ConfigurationKey(
        "threads", .integer(1...64), default: "2", "Network threads. More than cores brings nothing.")
    public static let logLevel = ConfigurationKey(
        "log.level", .choice(["trace", "debug", "info", "notice", "warning", "error", "critical"]), default: "info",
        "The least important messages that are still written.")
    public static let logFormat = ConfigurationKey(
        "log.format", .choice(["auto", "json", "text"]), default: "auto",
        "`json`: one object a line; `text`: for people; `auto`: text on a terminal, else JSON.")
    public static let tracesEndpoint = ConfigurationKey(
        "traces.endpoint", .url,
        "Where to send traces: a receiver of OTLP over HTTP with JSON. Without a path, `/v1/traces` is added. Without the key no traces are made."
    )
    public static let tracesHeaders = ConfigurationKey(
        "traces.headers", .secret, "Headers for the receiver of traces, such as its key: one a line, `Name: value`.")
    public static let tracesSample = ConfigurationKey(
        "traces.sample", .ratio, default: "1",
        "The share of new traces that is kept, from 0 to 1. What follows a trace that came with a request goes by that one.")
    public static let privacyKey = ConfigurationKey(
        "privacy.key", .secret,
        "The key by which erased numbers are told again, the same for all programs: 32 random bytes in Base64. A new one goes before the old ones, with white space between (docs/privacy.md)."
    )
    public static let shutdownTimeout = ConfigurationKey(
        "shutdown.timeout", .duration(.seconds(1)...(.seconds(600))), default: "25s",
        "How long a graceful stop may take before the program ends anyway.")

    public static let all: [any DeclaredKey] = [
        databaseURL, databasePassword, databasePooling, databaseConnections, httpHost, httpPort, threads, logLevel, logFormat,
        tracesEndpoint, tracesHeaders, tracesSample, privacyKey,
        shutdownTimeout,
    ]
}

extension ConfigurationSchema {
    /// The settings every program has.
    public static let common = ConfigurationSchema(CommonKeys.all)
}
