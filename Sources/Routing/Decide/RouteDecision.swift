/// Where a call goes.
package struct RouteDecision: Sendable, Hashable {
    package enum Outcome: Sendable, Hashable {
        /// To another number; where it goes when it overflows from there; what Enreach adds to its priority.
        case route(E164, fail: E164?, priority: Int?)
        /// It is ended.
        case disconnect
        /// It stays where it is.
        case standard
    }

    /// Why, where no rule's words say it.
    package enum Reason: String, Sendable, Hashable {
        case rule
        case noRule = "no_rule"
        /// The rule's target is where the call is.
        case sameNumber = "same_number"
        /// The call has arrived at a person's or queue's number that comes with the caller.
        case arrived
        // Without asking the rules.
        case noRules = "no_rules"
        /// What is needed for an answer was not read yet.
        case loading
        case stale, shed, deadline
        case lookupFailed = "lookup_failed"
    }

    package var outcome: Outcome
    package var reason: Reason
    /// Place of the step that decided in the program; nil when none did.
    package var step: Int?

    package init(_ outcome: Outcome, _ reason: Reason, step: Int? = nil) {
        self.outcome = outcome
        self.reason = reason
        self.step = step
    }

    package static func standard(_ reason: Reason) -> RouteDecision { RouteDecision(.standard, reason) }

    /// The body of the answer 200; nil means 204.
    package var json: String? {
        switch outcome {
        case .standard: return nil
        case .disconnect: return #"{"InitialTarget":"DISCONNECT:"}"#
        case .route(let number, let fail, let priority):
            var text = "{\"InitialTarget\":\"\(number)\""
            if let fail { text += ",\"FailTarget\":\"\(fail)\"" }
            if let priority { text += ",\"ExtraPriority\":\(priority)" }
            return text + "}"
        }
    }
}
