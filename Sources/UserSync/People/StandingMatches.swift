import FoundationEssentials
import Model
import Postgres

/// What the hub knew of people before this round.
struct StandingMatches: Sendable {
    struct Known: Sendable {
        let reason: String?
        let enreachID: UUID?
        let writtenID: UUID?
    }

    let choices: [UUID: PeopleMatching.Choice]
    let known: [UUID: Known]
    let enreachUsers: Int

    var written: [UUID: UUID] { known.compactMapValues(\.writtenID) }

    static func read(_ database: Database, tenant: Int32) async throws -> StandingMatches {
        var choices: [UUID: PeopleMatching.Choice] = [:]
        for row in try await database.query(MatchStore.choices, [tenant]) {
            let (user, enreach) = try row.decode(UUID.self, UUID?.self)
            choices[user] = enreach.map { .enreachUser($0) } ?? .nobody
        }
        var known: [UUID: Known] = [:]
        for row in try await database.query(MatchStore.known, [tenant]) {
            let (user, reason, enreach, written) = try row.decode(UUID.self, String?.self, UUID?.self, UUID?.self)
            known[user] = Known(reason: reason, enreachID: enreach, writtenID: written)
        }
        let count = try await database.query(MatchStore.enreachCount, [tenant])[0][0].decode(Int.self)
        return StandingMatches(choices: choices, known: known, enreachUsers: count)
    }
}
