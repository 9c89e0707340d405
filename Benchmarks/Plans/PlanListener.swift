import Logging
import Postgres
import Synchronization

/// Hears from auto_explain which plans a session's statements had, those inside functions before the one that called them.
final class PlanListener: Sendable {
    private let heard = Mutex<[String]>([])

    /// One connection whose plans are heard.
    ///
    /// - Parameters:
    ///   - url: of a superuser.
    ///   - role: with whose rights its statements run.
    func database(_ url: String, role: String) -> Database {
        var configuration = DatabaseConfiguration(url, applicationName: "plans")
        configuration.maximumConnections = 1
        configuration.settings = [
            "session_preload_libraries": "auto_explain", "auto_explain.log_min_duration": "0",
            "auto_explain.log_nested_statements": "on", "auto_explain.log_level": "notice", "client_min_messages": "notice",
            "role": role,
        ]
        return Database(configuration, logger: Logger(label: "plans") { _ in Ear(listener: self) })
    }

    /// The plans of tables since the last call, as `EXPLAIN (COSTS OFF)` shows them; equal ones once.
    func plans() -> [String] {
        let messages = heard.withLock { heard in
            defer { heard = [] }
            return heard
        }
        var plans: [String] = []
        for message in messages {
            guard let plan = Self.plan(message), !PlanShape(text: plan).reads.isEmpty, !plans.contains(plan) else { continue }
            plans.append(plan)
        }
        return plans
    }

    /// What follows on the text of the statement: from the first line that tells costs.
    private static func plan(_ message: String) -> String? {
        guard message.hasPrefix("duration: ") else { return nil }
        let lines = message.split(separator: "\n", omittingEmptySubsequences: false)
        guard let first = lines.firstIndex(where: { $0.contains(costs) }) else { return nil }
        return lines[first...].map { $0.replacing(costs, with: "") }.joined(separator: "\n")
    }

    private static var costs: Regex<Substring> { /\ \ \(cost=[^)]*\)/ }

    private struct Ear: LogHandler {
        let listener: PlanListener
        var metadata: Logger.Metadata = [:]
        var logLevel: Logger.Level = .info

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) { listener.heard.withLock { $0.append(event.message.description) } }
    }
}
