import FoundationEssentials
import Model
import Postgres
import Tenants

/// One round of matching: what was decided, what was written, and how the hub takes it down.
struct MatchRound: Sendable {
    let tenant: TenantSituation
    let answer: PeopleSource.Answer
    let standing: StandingMatches
    let matching: PeopleMatching
    let written: [UUID: IDWriter.Result]

    /// Everything in the transaction that ends the job.
    func record(on connection: Connection, instance: UUID) async throws {
        _ = try await PeopleStore.replace(people, answer.numbers, tenant: tenant.id, erasures: tenant.erasures, on: connection)
        let matches = matching.matches
        let counterparts = matching.counterparts
        let story = story + departures
        var requests = [
            Request(
                MatchStore.noteMatches,
                [
                    tenant.id, matches.map(\.user.id), matches.map(\.user.enreachEmail), matches.map(\.state.rawValue),
                    matches.map(\.reason.rawValue),
                    matches.map { $0.state == .ambiguous ? $0.candidates.map(\.lowercase).joined(separator: ",") : "" },
                    matches.map(writtenID), matches.map(writeError),
                ]),
            Request(
                MatchStore.noteCounterparts,
                [
                    tenant.id, counterparts.map(\.person.id), counterparts.map(\.person.name), counterparts.map(\.person.email),
                    counterparts.map(\.reason.state.rawValue), counterparts.map(\.reason.rawValue),
                    counterparts.map(\.systemUserID), answer.isWhole,
                ]),
            Request(MatchStore.noteTime, [tenant.id]),
        ]
        if !story.isEmpty {
            requests.append(
                TimelineStore.add(
                    story, tenant: tenant.id, instance: instance, settingVersion: tenant.settings.version, entity: .person))
        }
        _ = try await connection.pipeline(requests)
    }

    /// People as the hub takes them from now on: with the id that was decided, whether or not Dynamics has it yet.
    private var people: [Person] {
        matching.matches.map { match in
            Person(
                systemUserID: match.user.id, enreachUserID: enreachID(match), name: match.user.name, email: match.user.email,
                mobile: match.user.mobile, isDisabled: match.user.isDisabled)
        }
    }

    /// Who could not be seen in an answer that could not be read whole is not gone.
    private func enreachID(_ match: PeopleMatching.Match) -> UUID? {
        guard !answer.isWhole, match.enreachID == nil, [.noEnreachUser, .chosenIsGone].contains(match.reason) else {
            return match.enreachID
        }
        return standing.known[match.user.id]?.enreachID
    }

    /// The id that stands there and is the hub's to take back: what it wrote, and what it would have written had it not stood there.
    private func writtenID(_ match: PeopleMatching.Match) -> UUID? {
        let before = standing.known[match.user.id]?.writtenID
        switch (match.write, written[match.user.id]) {
        case (.set(let id)?, .written?): return id
        case (.clear?, .written?): return nil
        case (nil, _): return match.reason == .byStandingID ? nil : match.enreachID
        default: return before
        }
    }

    private func writeError(_ match: PeopleMatching.Match) -> String? {
        if case .refused(let text)? = written[match.user.id] { return text }
        return nil
    }

    /// A row for each user whom Dynamics shows no more.
    private var departures: [TimelineRow] {
        let present = Set(matching.matches.map(\.user.id))
        return standing.known.filter { !present.contains($0.key) }.map { user, known in
            TimelineRow(user, named: MatchReason.gone.state.rawValue, reason: MatchReason.gone.rawValue) { json in
                if let id = known.enreachID { json.member("enreach_user", id.lowercase) }
            }
        }
    }

    /// A row for each person whose match changed or whose id was written.
    private var story: [TimelineRow] {
        matching.matches.compactMap { match in
            let before = standing.known[match.user.id]
            let isNews = before?.reason != match.reason.rawValue || before?.enreachID != match.enreachID
            guard isNews || written[match.user.id] != nil else { return nil }
            return TimelineRow(match.user.id, named: match.state.rawValue, reason: match.reason.rawValue) { json in
                if let id = match.enreachID { json.member("enreach_user", id.lowercase) }
                switch written[match.user.id] {
                case .written?: json.member("dynamics", match.write == .clear ? "cleared" : "written")
                case .refused(let text)?: json.member("dynamics", text)
                case .gone?: json.member("dynamics", "gone")
                case nil: break
                }
            }
        }
    }
}
