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
        let working = situation.profiles.byList.values.filter { situation.works($0) }
        var reading = ListReading(situation, tenant, database: database, health: health)
        try await read(working.filter(\.method.polls), mark: "enreach", onlyKnown: false, &reading)
        let told = working.filter { !$0.method.polls }
        if !told.isEmpty {
            let isDue = try await database.query(CallbackFollowStore.isDue, [tenant.id, "enreach_told", Self.repair])[0].decode(
                Bool.self)
            if isDue { try await read(told, mark: "enreach_told", onlyKnown: true, &reading) }
        }
        try reading.end()
    }

    /// Reads what changed on each of the lists since it was last read.
    ///
    /// - Parameter onlyKnown: requests that no webhook told of are left alone: nobody asked for polling.
    private func read(
        _ profiles: [CallbackProfile], mark name: String, onlyKnown: Bool, _ reading: inout ListReading
    ) async throws {
        let mark =
            try await database.query(CallbackFollowStore.mark, [tenant.id, name]).first?[0].decode(Date.self)
            ?? Date().addingTimeInterval(-86_400)
        var reached: Date?
        for profile in profiles {
            guard let list = profile.listID else { continue }
            let from = situation.followedUntil[profile.id] ?? mark
            _ = try await reading.read(profile, of: list, mark: from) {
                let until = try await read(list, from: from, onlyKnown: onlyKnown)
                try await database.execute(ProfileStore.followed, [tenant.id, profile.id, list, until])
                reached = min(reached ?? until, until)
            }
            try Task.checkCancellation()
        }
        // A list that was never read begins where the others are.
        if !profiles.isEmpty { try await database.execute(CallbackFollowStore.advance, [tenant.id, name, reached ?? mark]) }
    }

    /// Answers up to when the list was read; without a time of the vendor's the next look begins where this one did.
    private func read(_ list: UUID, from: Date, onlyKnown: Bool) async throws -> Date {
        let listing = try await connection.enreach.callbacks(
            list: list, modifiedAfter: from.addingTimeInterval(-Self.overlap))
        let now = listing.serverTime ?? Date()
        var received = listing.compactMap { ReceivedCallback($0, list: list, now: now) }
        if onlyKnown {
            let known = try await known(received.map(\.facts.id))
            received.removeAll { !known.contains($0.facts.id) }
        }
        _ = try await intake.take(received, for: tenant, profiles: situation.profiles, way: .poll)
        return listing.serverTime ?? from
    }

    private func known(_ ids: [UUID]) async throws -> Set<UUID> {
        guard !ids.isEmpty else { return [] }
        return Set(try await database.query(CallbackFollowStore.known, [tenant.id, ids]).map { try $0[0].decode(UUID.self) })
    }
}
