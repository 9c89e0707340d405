import Directory
import Dynamics
import FoundationEssentials
import Model
import Tenants

/// One change of Dynamics for one call, ready to be sent, with all that is needed to judge its answer.
struct PlannedWrite: Sendable {
    enum Kind: Sendable {
        case create(PhoneCall)
        case adopt(ThreeWayMerge, StandingPhoneCall)
        case update(ThreeWayMerge, StandingPhoneCall)
        case delete
        case mark(StandingPhoneCall, touched: [PhoneCallField])
    }

    let work: CallWork
    let kind: Kind
    var owner: Owner?
    var party = OtherParty.notAsked
    let operation: BatchOperation
}

extension PlannedWrite {
    /// A new record, made and completed in one transaction; refused when it is there already.
    static func create(_ work: CallWork, _ call: PhoneCall, owner: Owner, party: OtherParty, columns: Settings.Columns) -> Self {
        let path = path(work.call.activityID)
        let create = Change.createOnly(path, PhoneCallBody.create(call, columns))
        let operation: BatchOperation =
            if let status = call.completedStatus {
                .changeSet([create, .updateOnly(path, PhoneCallBody.complete(status: status))])
            } else {
                .change(create)
            }
        return Self(work: work, kind: .create(call), owner: owner, party: party, operation: operation)
    }

    /// Changes of a standing record, guarded by its version. Nil: there is nothing to change.
    ///
    /// - Parameters:
    ///   - isAdopted: the record was made by somebody else, and is completed if it is open.
    ///   - mustReopen: this environment refuses changes of completed records.
    ///   - unmark: the record carries the mark of a withdrawn call.
    static func change(
        _ work: CallWork, _ standing: StandingPhoneCall, _ merge: ThreeWayMerge, _ call: PhoneCall, isAdopted: Bool,
        owner: Owner, party: OtherParty, mustReopen: Bool, unmark: Bool, columns: Settings.Columns
    ) -> Self? {
        let path = path(standing.id)
        let completedStatus = call.completedStatus
        var bodies: [[UInt8]] = []
        if !merge.changes.isEmpty {
            // Who was found late stands as caller or called too, unless somebody has had a hand in the record.
            let isTouched = !ThreeWayMerge.touched(base: work.call.written, theirs: standing.fields).isEmpty
            let linked = !isAdopted && !isTouched && merge.changes[.regarding] != nil && party.regarding.row != nil
            bodies.append(PhoneCallBody.update(merge.changes, columns, party: linked ? call.otherParty : nil))
        }
        if unmark, !columns.withdrawn.isEmpty { bodies.append(PhoneCallBody.mark(columns.withdrawn, false)) }
        if bodies.isEmpty, !(standing.isOpen && isAdopted && completedStatus != nil) { return nil }
        if !standing.isOpen, mustReopen { bodies.insert(PhoneCallBody.reopen, at: 0) }
        if let status = completedStatus, standing.isOpen ? isAdopted : mustReopen {
            bodies.append(PhoneCallBody.complete(status: status))
        }
        return Self(
            work: work, kind: isAdopted ? .adopt(merge, standing) : .update(merge, standing), owner: owner, party: party,
            operation: operation(path, standing.etag, bodies))
    }

    static func delete(_ work: CallWork, _ standing: StandingPhoneCall) -> Self {
        Self(work: work, kind: .delete, operation: .change(.delete(path(standing.id), etag: standing.etag)))
    }

    static func mark(_ work: CallWork, _ standing: StandingPhoneCall, touched: [PhoneCallField], mustReopen: Bool, column: String)
        -> Self
    {
        var bodies = [PhoneCallBody.mark(column, true)]
        if !standing.isOpen, mustReopen {
            bodies =
                [PhoneCallBody.reopen] + bodies + [PhoneCallBody.complete(status: standing.fields[.direction] == "true" ? 2 : 4)]
        }
        return Self(
            work: work, kind: .mark(standing, touched: touched), operation: operation(path(standing.id), standing.etag, bodies))
    }

    static func path(_ id: UUID) -> String { "phonecalls(\(id.lowercase))" }

    /// One transaction whose first change is guarded by the version that was read.
    private static func operation(_ path: String, _ etag: String?, _ bodies: [[UInt8]]) -> BatchOperation {
        let changes = bodies.enumerated().map { index, body in
            if index == 0, let etag { Change.guarded(path, etag: etag, body) } else { Change.updateOnly(path, body) }
        }
        return changes.count == 1 ? .change(changes[0]) : .changeSet(changes)
    }
}
