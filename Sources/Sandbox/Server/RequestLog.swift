import Foundation
import Synchronization

/// What was asked of the sandbox: counts for ever, the last requests one by one.
final class RequestLog: Sendable {
    struct Entry: Codable, Sendable {
        var at: Date
        var side: String
        var method: String
        var path: String
        var query: String
        var status: Int
        var milliseconds: Double
        var bytesIn: Int
        var bytesOut: Int
    }

    struct Figures: Codable, Sendable {
        var total = 0
        var bySide: [String: Int] = [:]
        var byStatus: [String: Int] = [:]
        /// Keyed `side METHOD resource`.
        var byResource: [String: Int] = [:]
        var last: [Entry] = []
    }

    private let state = Mutex(Figures())
    private let kept: Int

    init(kept: Int = 1000) {
        self.kept = kept
    }

    func record(_ entry: Entry) {
        state.withLock { figures in
            figures.total += 1
            figures.bySide[entry.side, default: 0] += 1
            figures.byStatus["\(entry.side) \(entry.status)", default: 0] += 1
            figures.byResource["\(entry.side) \(entry.method) \(Self.resource(entry.path))", default: 0] += 1
            if figures.last.count >= kept * 2 { figures.last.removeFirst(kept) }
            figures.last.append(entry)
        }
    }

    /// The figures, with at most that many of the last requests, newest last.
    func figures(last: Int) -> Figures {
        state.withLock { figures in
            var answer = figures
            answer.last = Array(figures.last.suffix(min(last, kept)))
            return answer
        }
    }

    func reset() {
        state.withLock { $0 = Figures() }
    }

    /// The path without its ids: what is in brackets, and segments that are guids.
    static func resource(_ path: String) -> String {
        path.split(separator: "/").map { segment in
            if let bracket = segment.firstIndex(of: "(") { return String(segment[..<bracket]) + "()" }
            return UUID(uuidString: String(segment)) == nil ? String(segment) : "{id}"
        }.joined(separator: "/")
    }
}
