public import Logging

/// Writes log messages for a person at a terminal: `09:30:12.500 info  Message  key=value`.
public struct TextLogHandler: LogHandler {
    public var logLevel: Logger.Level
    public var metadata: Logger.Metadata = [:]
    public var metadataProvider: Logger.MetadataProvider?
    private let write: @Sendable (String) -> Void

    /// - Parameter write: takes each line, without its line break; standard error when left out.
    public init(level: Logger.Level = .info, write: (@Sendable (String) -> Void)? = nil) {
        self.logLevel = level
        self.write = write ?? { LogLine.write($0, to: 2) }
    }

    public subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        let level = event.level.rawValue
        var line =
            LogLine.timestamp().dropFirst(11).dropLast() + " " + level + String(repeating: " ", count: max(1, 9 - level.count))
        line += event.message.description
        for (key, value) in LogLine.metadata(metadata, metadataProvider, event) where !Self.constant.contains(key) {
            line += "  \(key)=\(value)"
        }
        write(MaskedNumber.masking(String(line)))
    }

    /// The same in every line of a program, so a terminal needn't show it.
    private static let constant: Set<String> = ["program", "instance"]
}
