import Glibc
public import Logging
import Traces

/// How a program logs.
public struct LogSetup: Sendable {
    public enum Format: String, Sendable { case auto, json, text }

    public var level: Logger.Level
    public var format: Format

    public init(level: Logger.Level = .info, format: Format = .auto) {
        self.level = level
        self.format = format
    }

    public init(_ configuration: ProgramConfiguration) throws(ConfigurationError) {
        level = Logger.Level(rawValue: try configuration.value(CommonKeys.logLevel)) ?? .info
        format = Format(rawValue: try configuration.value(CommonKeys.logFormat)) ?? .auto
    }

    /// A handler that writes to standard error.
    ///
    /// Each line carries whose work it tells of, the call and the trace, as far as the task that writes it knows them.
    public func handler(label: String) -> any LogHandler {
        var handler: any LogHandler =
            switch format {
            case .json: JSONLogHandler(label: label, level: level)
            case .text: TextLogHandler(level: level)
            case .auto:
                isatty(2) == 1 ? TextLogHandler(level: level) as any LogHandler : JSONLogHandler(label: label, level: level)
            }
        handler.metadataProvider = .ofContext
        return handler
    }

    /// Makes every `Logger` of the process write this way. Once a process.
    public func bootstrap() {
        LoggingSystem.bootstrap { handler(label: $0) }
    }
}
