package import Logging

/// Leaves out what the web framework says of its own end when a program is stopped from within: nothing is wrong then, and the line that
/// says why the program ends shall be the last.
struct QuietServerLog: LogHandler {
    private static let noise: Set<String> = [
        "Server shutdown error: Already closed", "Waiting on child channel: CancellationError()",
    ]

    private var inner: any LogHandler

    init(_ inner: any LogHandler) { self.inner = inner }

    var logLevel: Logger.Level {
        get { inner.logLevel }
        set { inner.logLevel = newValue }
    }
    var metadata: Logger.Metadata {
        get { inner.metadata }
        set { inner.metadata = newValue }
    }
    var metadataProvider: Logger.MetadataProvider? {
        get { inner.metadataProvider }
        set { inner.metadataProvider = newValue }
    }

    subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { inner[metadataKey: key] }
        set { inner[metadataKey: key] = newValue }
    }

    func log(event: LogEvent) {
        if !Self.noise.contains(event.message.description) { inner.log(event: event) }
    }
}

extension Logger {
    /// For a server of the web framework.
    package var quietAtItsEnd: Logger {
        var logger = self
        logger.handler = QuietServerLog(handler)
        return logger
    }
}
