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
        let working = reading.profiles
        try await read(working.filter(\.method.polls), mark: "enreach", &reading)
        let told = working.filter { !$0.method.polls }
        if !told.isEmpty {
            let isDue = try await database.query(CallbackFollowStore.isDue, [tenant.id, "enreach_told", Self.repair])[0].decode(
                Bool.self)
            if isDue { try await read(told, mark: "enreach_told", &reading) }
        }
        try await reading.end()
    }

    /// Reads what changed on each of the lists since it was last read.
    private func read(_ profiles: [CallbackProfile], mark name: String, _ reading: inout ListReading) async throws {
        let mark =
            try await database.query(CallbackFollowStore.mark, [tenant.id, name]).first?[0].decode(Date.self)
            ?? Date().addingTimeInterval(-86_400)
        var reached: Date?
        for profile in profiles {
            guard let list = profile.listID else { continue }
            let from = situation.followedUntil[profile.id] ?? mark
            try await reading.read(profile, of: list, mark: from) {
                let until = try await read(list, of: profile, from: from)
                try await database.execute(ProfileStore.followed, [tenant.id, profile.id, list, until])
                reached = min(reached ?? until, until)
            }
            try Task.checkCancellation()
        }
        // A list that was never read begins where the others are.
        if !profiles.isEmpty { try await database.execute(CallbackFollowStore.advance, [tenant.id, name, reached ?? mark]) }
    }

    /// Answers up to when the list was read; without a time of the vendor's the next look begins where this one did.
    ///
    /// Requests that the hub does not have are taken in only where the next poll would ask for them.
    private func read(_ list: UUID, of profile: CallbackProfile, from: Date) async throws -> Date {
        let listing = try await connection.enreach.callbacks(
            list: list, modifiedAfter: from.addingTimeInterval(-Self.overlap))
        let now = listing.serverTime ?? Date()
        let start = CallbackPollWindow(
            profile, now: now, polledUntil: situation.polledUntil[profile.id], mustCatchUp: false)?.start
        var received = listing.compactMap { ReceivedCallback($0, list: list, now: now) }
        let known = try await known(received.map(\.facts.id), onlyWritten: start == nil)
        received.removeAll { !known.contains($0.facts.id) && $0.facts.requestedAt < start ?? .distantFuture }
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
