import Directory
import Dynamics
import FoundationEssentials
import Model
import Tenants

/// Links open phone calls of requests to whom their numbers belong to by now: one read and one write for all of them. Whom a human chose stays,
/// and no link is taken away.
struct CallbackRelater: Sendable {
    let tenant: TenantSituation
    let connection: TenantConnection
    let parties: PartyKnowledge
    /// Into whom those were merged whom the phone calls are linked to: Dynamics itself links them anew then.
    let heirs: [UUID: Set<UUID>]
    let lane: BudgetLane

    enum Verdict: Sendable {
        case related(CallbackRelation)
        case left(String)
        case failed(DynamicsOutcome)
    }

    /// A phone call to be linked to somebody.
    private struct Wanted: Sendable {
        let callback: StoredCallback
        let party: OtherParty
        let row: RowReference
    }

    /// A verdict for each of the requests, in their order.
    ///
    /// - Throws: `DynamicsError` when the application user can't be told.
    func relate(_ callbacks: [StoredCallback]) async throws -> [Verdict] {
        var verdicts: [UUID: Verdict] = [:]
        var wanted: [Wanted] = []
        for callback in callbacks {
            let party = parties.party(
                callback.facts.number, agent: callback.ownerID, carriers: NumberCarriers(), people: tenant.people)
            if callback.state != .written || callback.recordState != .open || callback.facts.isErased {
                verdicts[callback.id] = .left("its phone call is not open")
            } else if let row = party.regarding.row, row.id != callback.regardingID {
                wanted.append(Wanted(callback: callback, party: party, row: row))
            } else if party.rule != callback.matchRule, callback.regardingID == party.regarding.row?.id {
                verdicts[callback.id] = .related(CallbackRelation(callback.id, party))
            } else {
                verdicts[callback.id] = .left("nothing to link")
            }
        }
        try await link(wanted, &verdicts)
        return callbacks.map { verdicts[$0.id] ?? .failed(.notTried) }
    }

    private func link(_ wanted: [Wanted], _ verdicts: inout [UUID: Verdict]) async throws {
        guard !wanted.isEmpty else { return }
        let user = try await connection.applicationUser()
        let read = try await connection.dynamics.batch(
            wanted.map { .get(LinkedRecord.query($0.callback.activityID)) }, lane: lane)
        var writes: [(wanted: Wanted, change: Change)] = []
        for (one, result) in zip(wanted, read) {
            switch step(one, result, user) {
            case .verdict(let verdict): verdicts[one.callback.id] = verdict
            case .write(let change): writes.append((one, change))
            }
        }
        guard !writes.isEmpty else { return }
        let written = try await connection.dynamics.batch(writes.map { .change($0.change) }, lane: lane)
        for (one, result) in zip(writes.map(\.wanted), written) {
            verdicts[one.callback.id] =
                switch result.outcome {
                case .success: .related(.linked(one.callback, one.party))
                case .deletedByHuman: .left("the phone call is gone")
                case .missingReference: .left("whom the directory knows is gone from Dynamics")
                default: .failed(result.outcome)
                }
        }
    }

    private enum Step {
        case verdict(Verdict)
        case write(Change)
    }

    private func step(_ one: Wanted, _ result: OperationResult, _ user: UUID) -> Step {
        if case .missingReference = result.outcome { return .verdict(.left("the phone call is gone")) }
        guard result.outcome == .success, let row = ODataValue(json: result.body)?.row, let etag = row.etag else {
            return .verdict(.failed(result.readFailure))
        }
        let record = LinkedRecord(row)
        guard record.isOpen else { return .verdict(.left("the phone call has ended")) }
        // An earlier attempt came through, or somebody found out the same.
        if record.regardingID == one.row.id { return .verdict(.related(.linked(one.callback, one.party))) }
        guard record.regardingID == one.callback.regardingID || isHeir(record.regardingID, of: one.callback.regardingID) else {
            return .verdict(.related(.keptForHuman(one.callback)))
        }
        // Who was found late stands as called, too, unless somebody has had a hand in the record.
        let party = record.modifiedBy == user ? PhoneCall.Party(row: one.row) : nil
        return .write(
            .guarded(CallbackBody.path(one.callback.activityID), etag: etag, CallbackBody.relate(one.row, party: party)))
    }
}

extension CallbackRelater {
    private func isHeir(_ row: UUID?, of linked: UUID?) -> Bool {
        guard let row, let linked else { return false }
        return heirs[linked]?.contains(row) == true
    }
}

/// A phone call as far as its link is concerned.
private struct LinkedRecord {
    let isOpen: Bool
    let regardingID: UUID?
    let modifiedBy: UUID?

    init(_ row: ODataRow) {
        isOpen = RecordState(statecode: row.int("statecode")) == .open
        regardingID = row.guid("_regardingobjectid_value")
        modifiedBy = row.guid("_modifiedby_value")
    }

    static func query(_ activity: UUID) -> ODataQuery {
        ODataQuery(CallbackBody.path(activity), select: ["statecode", "_regardingobjectid_value", "_modifiedby_value"])
    }
}
