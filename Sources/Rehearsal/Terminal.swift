import Foundation

/// Lines for whoever watches: a progress line that rewrites itself on a terminal, and plain lines elsewhere.
public final class Terminal: Sendable {
    private let started = ContinuousClock.now
    public let isInteractive = isatty(1) == 1

    public init() {}

    /// A line that stays, with the seconds since the start.
    public func say(_ line: String) {
        let seconds = started.duration(to: .now).components.seconds
        write("\(isInteractive ? "\r\u{1B}[K" : "")\(String(format: "%4ds", Int(seconds)))  \(line)\n")
    }

    /// A line that the next one replaces; on a terminal only.
    public func show(_ line: String) {
        guard isInteractive else { return }
        let seconds = started.duration(to: .now).components.seconds
        write("\r\u{1B}[K\(String(format: "%4ds", Int(seconds)))  \(line)")
    }

    /// Text as it is.
    public func write(_ text: String) {
        FileHandle.standardOutput.write(Data(text.utf8))
    }
}
