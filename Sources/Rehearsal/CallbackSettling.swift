import Foundation

/// Finds out when every callback request of a scenario has had its end in the hub.
struct CallbackSettling {
    private let hub: RehearsedHub
    /// When the last change was seen to have happened.
    private var lastChange: Date?

    init(_ hub: RehearsedHub) { self.hub = hub }

    /// Whether nothing is still to happen, every list was read since the last change was shown, and nothing waits.
    mutating func isOver() async throws -> Bool {
        guard let status = try? await hub.door.get("/admin/status", as: SandboxStatus.self), status.changesLeft == 0 else {
            return false
        }
        let since = lastChange ?? Date()
        lastChange = since
        let counts = try await CallbackCounts.read(
            from: hub.database, readSince: since.timeIntervalSince1970 + Self.visibilityDelay)
        return counts.unread == 0 && counts.isQuiet
    }

    /// Longer than the delay with which a rehearsal's Enreach shows a change.
    private static let visibilityDelay: TimeInterval = 4
}
