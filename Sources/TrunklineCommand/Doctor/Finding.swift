/// One thing the doctor looked at.
struct Finding: Sendable, Hashable {
    enum Level: String, Sendable, CaseIterable {
        /// As it should be.
        case ok
        /// Could not be looked at; says why.
        case skipped
        /// Will hurt if nobody acts.
        case warning
        /// Hurts now: the command's exit code is 1.
        case failure
    }

    var level: Level
    /// Name of the check.
    var check: String
    /// What was found, one line.
    var text: String
    /// What to do about it, one line.
    var remedy: String?

    static func ok(_ check: String, _ text: String) -> Finding { Finding(level: .ok, check: check, text: text) }

    static func skipped(_ check: String, _ text: String) -> Finding { Finding(level: .skipped, check: check, text: text) }

    static func warning(_ check: String, _ text: String, remedy: String? = nil) -> Finding {
        Finding(level: .warning, check: check, text: text, remedy: remedy)
    }

    static func failure(_ check: String, _ text: String, remedy: String? = nil) -> Finding {
        Finding(level: .failure, check: check, text: text, remedy: remedy)
    }
}
