import FoundationEssentials
import Glibc
import Logging

/// What both log formats share: the time, the merged metadata, and writing one line at once.
enum LogLine {
    /// UTC with milliseconds: `2026-03-04T09:30:12.500Z`.
    static func timestamp(_ now: Date = Date()) -> String {
        let milliseconds = Int((now.timeIntervalSince1970 * 1000).rounded(.down))
        var seconds = time_t(milliseconds / 1000)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        return "\(pad(Int(parts.tm_year) + 1900, 4))-\(pad(Int(parts.tm_mon) + 1, 2))-\(pad(Int(parts.tm_mday), 2))"
            + "T\(pad(Int(parts.tm_hour), 2)):\(pad(Int(parts.tm_min), 2)):\(pad(Int(parts.tm_sec), 2))"
            + ".\(pad(milliseconds % 1000, 3))Z"
    }

    private static func pad(_ value: Int, _ width: Int) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }

    /// The metadata of handler, provider and event, the last word being the event's, in order of name.
    static func metadata(
        _ handler: Logger.Metadata, _ provider: Logger.MetadataProvider?, _ event: LogEvent
    ) -> [(key: String, value: Logger.MetadataValue)] {
        var merged = handler
        if let provided = provider?.get() { merged.merge(provided) { $1 } }
        if let own = event.metadata { merged.merge(own) { $1 } }
        if let error = event.error, merged["error"] == nil { merged["error"] = "\(error)" }
        return merged.sorted { $0.key < $1.key }
    }

    /// Writes the line with one call, so that lines of several threads and programs don't mix. What standard error does not
    /// take is lost: a log is no reason to stop.
    static func write(_ line: String, to descriptor: Int32) {
        var line = line
        line += "\n"
        line.withUTF8 { bytes in
            var written = 0
            while written < bytes.count {
                let count = Glibc.write(descriptor, bytes.baseAddress! + written, bytes.count - written)
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { return }
                written += count
            }
        }
    }
}
