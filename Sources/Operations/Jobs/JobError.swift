package import Foundation
package import Jobs
package import Postgres

/// The last error of a job, as `hub.jobs` keeps it: code, message, detail, attempt, at, worker, and of attempts before it the same but detail.
package struct JobError: Sendable {
    /// An attempt that failed.
    package struct Attempt: Sendable {
        /// Of attempts that don't count there may be several of one number.
        package let number: Int?
        package let at: Date
        package let worker: Int32?
        /// Code and message on one line.
        package let line: String
    }

    private struct Stored: Decodable {
        var code: String?
        var message: String?
        var attempt: Int?
        var at: String?
        var worker: Int32?
        var earlier: [Stored]?

        var line: String? {
            let parts = [code, message].compactMap(\.self)
            return parts.isEmpty ? nil : parts.joined(separator: ": ")
        }

        var failed: Attempt? {
            at.flatMap(Self.date).map { Attempt(number: attempt, at: $0, worker: worker, line: line ?? "") }
        }

        private static func date(_ text: String) -> Date? {
            (try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
                ?? (try? Date(text, strategy: Date.ISO8601FormatStyle()))
        }
    }

    private let json: JSONB
    private let stored: Stored?

    package init(_ json: JSONB) {
        self.json = json
        stored = try? json.decode(Stored.self)
    }

    /// Code and message on one line.
    package var line: String { stored?.line ?? json.text }

    /// Attempts that failed, oldest first, at most the newest 20.
    package var attempts: [Attempt] { stored.map { ($0.earlier ?? []) + [$0] }?.compactMap(\.failed) ?? [] }

    /// All that is kept of the last attempt, as JSON.
    package var last: String {
        guard var members = try? JSONSerialization.jsonObject(with: Data(json.text.utf8)) as? [String: Any],
            members.removeValue(forKey: "earlier") != nil,
            let data = try? JSONSerialization.data(withJSONObject: members, options: [.sortedKeys, .withoutEscapingSlashes])
        else { return json.text }
        return String(decoding: data, as: UTF8.self)
    }
}

extension JobRecord {
    /// `2 of 20`, or `2` of a finished job.
    package var attemptsInWords: String {
        maxAttempts.map { "\(attempts) of \($0)" } ?? "\(attempts)"
    }

    /// What is known of those that failed, oldest first.
    package var failedAttempts: [JobError.Attempt] { error.map { JobError($0).attempts } ?? [] }
}
