import Synchronization

/// What of a program works and what does not, by named checks; `/health/ready` shows it.
///
/// Components set their checks as they go; nothing is asked at the time of the request, so a health probe never waits.
public final class Readiness: Sendable {
    public enum State: String, Sendable, Codable {
        /// Works.
        case ready
        /// Something an operator should see, but the program does its work: answered 200, with the reason.
        case degraded
        /// Does not work: answered 503.
        case unready
    }

    public struct Check: Sendable, Equatable {
        public var name: String
        public var state: State
        /// One line in an operator's words. No personal data: it goes into logs and to whoever may reach the port.
        public var text: String
        /// When it came into this state.
        public var since: String
    }

    private let checks = Mutex<[String: Check]>([:])

    public init() {}

    public func set(_ name: String, _ state: State, _ text: String = "") {
        let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
        checks.withLock { checks in
            let since = checks[name].flatMap { $0.state == state ? $0.since : nil } ?? LogLine.timestamp()
            checks[name] = Check(name: name, state: state, text: line, since: since)
        }
    }

    /// Forgets a check, for example of a tenant that was taken away.
    public func remove(_ name: String) { checks.withLock { _ = $0.removeValue(forKey: name) } }

    public subscript(name: String) -> Check? { checks.withLock { $0[name] } }

    /// All checks in order of name, and the worst state among them; without any check, unready.
    public func report() -> (state: State, checks: [Check]) {
        let checks = checks.withLock { Array($0.values) }.sorted { $0.name < $1.name }
        if checks.isEmpty || checks.contains(where: { $0.state == .unready }) { return (.unready, checks) }
        return (checks.contains { $0.state == .degraded } ? .degraded : .ready, checks)
    }
}
