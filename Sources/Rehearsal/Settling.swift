import Foundation
import Postgres

/// Finds out when everything that happened in the scenario has had its end in the hub.
struct Settling {
    private let hub: RehearsedHub
    /// Seconds that some calls are shown later than others; only a sweep finds them.
    private let late: Double
    /// When the last change was seen to have happened.
    private var lastChange: Date?

    init(_ hub: RehearsedHub, late: Double = 0) {
        self.hub = hub
        self.late = late
    }

    /// Whether nothing is still to happen, a poll has read past the last change, a sweep what came late, and no call waits.
    mutating func isOver() async throws -> Bool {
        guard let status = try? await hub.door.get("/admin/status", as: SandboxStatus.self), status.changesLeft == 0 else {
            return false
        }
        let since = lastChange ?? Date()
        lastChange = since
        guard let read = try await hub.database.query(Self.readUntil).first?[0].decode(Date?.self),
            read > since + Self.visibilityDelay
        else { return false }
        if late > 0 {
            let shown = since + Self.visibilityDelay + late
            guard try await hub.database.query(Self.isSwept, [shown])[0][0].decode(Bool.self) else { return false }
        }
        let counts = try await CallCounts.read(from: hub.database)
        return counts.pending == 0 && counts.unfinished == 0
    }

    /// Longer than the delay with which a rehearsal's Enreach shows a change.
    private static let visibilityDelay: TimeInterval = 4

    private static let isSwept = Statement(
        "rehearsal_is_swept",
        "SELECT EXISTS (SELECT FROM hub.jobs WHERE kind = 'calls.sweep' AND state = 'done' AND enqueued_at > $1::timestamptz)")
    private static let readUntil = Statement("rehearsal_read_until", "SELECT min(modified_until) FROM hub.watermark")
}
