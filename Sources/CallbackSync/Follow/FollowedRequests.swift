import Enreach
import FoundationEssentials
import Model
import Postgres
import Tenants

/// Requests of a tenant whose phone calls stand, in the two-way model: what became of them in Enreach.
struct FollowedRequests: Sendable {
    let tenant: TenantSituation
    let connection: TenantConnection
    let intake: CallbackIntake
    let situation: ProfileSituation
    let health: TenantHealth

    static let overlap = FollowedRecords.overlap
    /// How often lists are asked about that webhooks should tell of: a lost one is made good within this time.
    static let repair: TimeInterval = 600

    private var database: Database { intake.database }

    func follow() async throws {
        var reading = ListReading(situation, tenant, way: .follow, database: database, health: health)
        var marks: [String: Mark] = [:]
        for name in Set(reading.profiles.map(Self.mark(of:))) { marks[name] = try await mark(name) }
        // All in one order: those that fail keep none of the others from its turn.
        for profile in reading.profiles {
            let name = Self.mark(of: profile)
            guard let list = profile.listID, let mark = marks[name] else { continue }
            let from = situation.followedUntil[profile.id] ?? mark.at
            try await reading.read(profile, of: list, mark: from) {
                let until = try await read(list, of: profile, from: from)
                try await database.execute(ProfileStore.followed, [tenant.id, profile.id, list, until])
                marks[name]?.reached = min(mark.reached ?? until, until)
            }
            try Task.checkCancellation()
        }
        // A list that was never read begins where the others are.
        for (name, mark) in marks {
            try await database.execute(CallbackFollowStore.advance, [tenant.id, name, mark.reached ?? mark.at])
        }
        try await reading.end()
    }

    /// How far lists were read of which nothing else is known.
    private struct Mark {
        let at: Date
        var reached: Date?
    }

    private static func mark(of profile: CallbackProfile) -> String { profile.method.polls ? "enreach" : toldMark }
    private static let toldMark = "enreach_told"

    /// Nil: its lists are not due.
    private func mark(_ name: String) async throws -> Mark? {
        if name == Self.toldMark {
            let isDue = try await database.query(CallbackFollowStore.isDue, [tenant.id, name, Self.repair])[0].decode(Bool.self)
            guard isDue else { return nil }
        }
        let at = try await database.query(CallbackFollowStore.mark, [tenant.id, name]).first?[0].decode(Date.self)
        return Mark(at: at ?? Date().addingTimeInterval(-86_400))
    }

    /// Answers up to when the list was read; without a time of the vendor's the next look begins where this one did.
    ///
    /// Requests that the hub does not have are taken in only where the next poll would ask for them.
    private func read(_ list: UUID, of profile: CallbackProfile, from: Date) async throws -> Date {
        let listing = try await connection.enreach.callbacks(
            list: list, modifiedAfter: from.addingTimeInterval(-Self.overlap))
        let now = listing.serverTime ?? Date()
        let window = CallbackPollWindow(profile, situation, now: now, mustCatchUp: false)
        var received = listing.compactMap { ReceivedCallback($0, list: list, now: now) }
        let known = try await known(received.map(\.facts.id), onlyWritten: window == nil)
        received.removeAll { !known.contains($0.facts.id) && window?.holds($0.facts.requestedAt) != true }
        _ = try await intake.take(received, for: tenant, profiles: situation.profiles, way: .poll)
        return listing.serverTime ?? from
    }

    private func known(_ ids: [UUID], onlyWritten: Bool) async throws -> Set<UUID> {
        guard !ids.isEmpty else { return [] }
        return Set(
            try await database.query(CallbackFollowStore.known, [tenant.id, ids, onlyWritten]).map { try $0[0].decode(UUID.self) }
        )
    }
}
