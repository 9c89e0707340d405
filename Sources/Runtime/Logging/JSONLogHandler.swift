public import Logging

/// Writes each log message as one JSON object on one line: `time`, `level`, `logger`, `message`, then the metadata by name.
///
/// Metadata whose name is one of those four gets an underscore behind it. Numbers in E.164 form are masked wherever they stand.
public struct JSONLogHandler: LogHandler {
    public var logLevel: Logger.Level
    public var metadata: Logger.Metadata = [:]
    public var metadataProvider: Logger.MetadataProvider?
    private let label: String
    private let write: @Sendable (String) -> Void

    /// - Parameter write: takes each line, without its line break; standard error when left out.
    public init(
        label: String, level: Logger.Level = .info, write: (@Sendable (String) -> Void)? = nil
    ) {
        self.label = label
        self.logLevel = level
        self.write = write ?? { LogLine.write($0, to: 2) }
    }

    public subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        var line = #"{"time":""# + LogLine.timestamp() + #"","level":""# + event.level.rawValue + #"","logger":"#
        JSONWriter.append(label, to: &line)
        line += #","message":"#
        JSONWriter.append(event.message.description, to: &line)
        for (key, value) in LogLine.metadata(metadata, metadataProvider, event) {
            line += ","
            JSONWriter.append(Self.reserved.contains(key) ? key + "_" : key, to: &line)
            line += ":"
            Self.append(value, to: &line)
        }
        line += "}"
        write(MaskedNumber.masking(line))
    }

    private static let reserved: Set<String> = ["time", "level", "logger", "message"]

    private static func append(_ value: Logger.MetadataValue, to line: inout String) {
        switch value {
        case .string(let text): JSONWriter.append(text, to: &line)
        case .stringConvertible(let value): JSONWriter.append(value.description, to: &line)
        case .array(let values):
            line += "["
            for (index, value) in values.enumerated() {
                if index > 0 { line += "," }
                append(value, to: &line)
            }
            line += "]"
        case .dictionary(let values):
            line += "{"
            for (index, (key, value)) in values.sorted(by: { $0.key < $1.key }).enumerated() {
                if index > 0 { line += "," }
                JSONWriter.append(key, to: &line)
                line += ":"
                append(value, to: &line)
            }
            line += "}"
        }
    }
}
