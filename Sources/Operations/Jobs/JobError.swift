import Foundation
package import Jobs
package import Postgres

/// The last error of a job, as `hub.jobs` keeps it: code, message, detail, attempt, at.
package struct JobError: Sendable {
    private struct Stored: Decodable {
        var code: String?
        var message: String?
    }

    /// Code and message on one line.
    package let line: String
    private let code: String?

    package init(_ json: JSONB) {
        let stored = try? json.decode(Stored.self)
        code = stored?.code
        let parts = [stored?.code, stored?.message].compactMap(\.self)
        line = parts.isEmpty ? json.text : parts.joined(separator: ": ")
    }

    package func hasCode(_ code: String) -> Bool { self.code?.lowercased() == code.lowercased() }
}

extension JobRecord {
    /// `2 of 20`, or `2` of a finished job.
    package var attemptsInWords: String {
        maxAttempts.map { "\(attempts) of \($0)" } ?? "\(attempts)"
    }
}
