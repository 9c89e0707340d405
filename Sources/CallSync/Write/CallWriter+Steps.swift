import Directory
import Dynamics
import FoundationEssentials
import Model
import Tenants

/// What is to be done about each call, by what was read for the batch.
extension CallWriter {
    enum Step {
        case write(PlannedWrite)
        case verdict(CallVerdict)
    }

    func step(
        _ work: CallWork, _ answers: LookUpAnswers, _ adoption: inout Adoption, applicationUser: Result<UUID, LookUpFailure>?,
        _ learnt: Learnt
    ) -> Step {
        switch work.action {
        case .leave: return .verdict(.left(work))
        case .skip(let reason): return .verdict(.skipped(work, reason))
        case .create(let owner) where !learnt.stands:
            if let failure = answers.failure { return .verdict(.failed(work, failure.outcome)) }
            return create(work, owner, answers, &adoption, applicationUser, learnt)
        case .create(let owner):
            return standing(work, answers) { earlier(work, $0, owner, answers, applicationUser, learnt) }
        case .update(let owner):
            return standing(work, answers) { update(work, $0, owner, answers, learnt) }
        case .withdraw:
            if work.call.mayHaveAdopted {
                if let failure = answers.failure { return .verdict(.failed(work, failure.outcome)) }
                // Unless the hub was the last to change it, it is somebody else's and was never adopted.
                if let record = answers.ofCalls[work.call.id], record.id != work.call.activityID {
                    if case .failure(let failure)? = applicationUser { return .verdict(.failed(work, failure.outcome)) }
                    if let user = try? applicationUser?.get(), record.modifiedBy == user {
                        return withdraw(work, record, applicationUser)
                    }
                }
            }
            return standing(work, answers) { withdraw(work, $0, applicationUser) }
        }
    }

    /// Goes on with a record that was read, if it is there.
    private func standing(_ work: CallWork, _ answers: LookUpAnswers, _ body: (StandingPhoneCall) -> Step) -> Step {
        switch answers.standing[work.call.activityID] {
        case .success(let record?): return body(record)
        case .success(nil):
            if case .withdraw = work.action { return .verdict(nothingToWithdraw(work)) }
            if work.call.state.hasRecord { return .verdict(.deletedByHuman(work)) }
            let fault = DynamicsFault(
                status: 412, message: "Dynamics says that the record is there already, but shows none with its id")
            return .verdict(.failed(work, .transient(fault)))
        case .failure(let failure): return .verdict(.failed(work, failure.outcome))
        case nil: return .verdict(.failed(work, .notTried))
        }
    }

    private func create(
        _ work: CallWork, _ found: Owner, _ answers: LookUpAnswers, _ adoption: inout Adoption,
        _ applicationUser: Result<UUID, LookUpFailure>?, _ learnt: Learnt
    ) -> Step {
        // An earlier attempt may have come through, with its answer lost.
        if let record = answers.candidates.first(where: { $0.id == work.call.activityID }) {
            return earlier(work, record, found, answers, applicationUser, learnt)
        }
        let (owner, party) = pointing(work, found, answers, learnt)
        if let record = answers.candidates.first(where: { $0.callID == work.call.id }) {
            return adopt(work, record, owner, party)
        }
        if let taken = adoption.take(facts: work.call.facts, owner: found),
            let record = answers.candidates.first(where: { $0.id == taken.activityID })
        {
            return adopt(work, record, owner, party)
        }
        let call = desired(work, owner, party.regarding)
        return .write(.create(work, call, owner: owner, party: party, columns: settings.columns))
    }

    /// Who owns the record, and who the other party is for the owner's calls; without those that are gone.
    private func pointing(
        _ work: CallWork, _ found: Owner, _ answers: LookUpAnswers, _ learnt: Learnt
    ) -> (Owner, OtherParty) {
        let owner = learnt.ownerIsGone ? Owner(systemUserID: nil, name: found.name, rule: .none) : found
        guard !learnt.partyIsGone else { return (owner, .gone) }
        let party = parties.party(
            work.call.facts.other, agent: found.systemUserID, carriers: answers.carriers, people: tenant.people)
        return (owner, party)
    }

    private func desired(_ work: CallWork, _ owner: Owner, _ regarding: Regarding) -> PhoneCall {
        PhoneCall(
            callID: work.call.id, facts: work.call.facts, owner: owner, regarding: regarding.row, settings: settings,
            apiAddress: apiAddress)
    }

    private func adopt(_ work: CallWork, _ record: StandingPhoneCall, _ owner: Owner, _ party: OtherParty) -> Step {
        let call = desired(work, owner, party.regarding)
        let merge = ThreeWayMerge(base: [:], theirs: record.fields, ours: call.fields)
        return change(work, record, merge, call, owner, party, isAdopted: true, isEarlier: false)
    }

    /// A record that an earlier attempt had made: as that wrote it, unless somebody has changed it since.
    private func earlier(
        _ work: CallWork, _ record: StandingPhoneCall, _ owner: Owner, _ answers: LookUpAnswers,
        _ applicationUser: Result<UUID, LookUpFailure>?, _ learnt: Learnt
    ) -> Step {
        let isOurs: Bool
        switch applicationUser {
        case .failure(let failure): return .verdict(.failed(work, failure.outcome))
        case .success(let user): isOurs = record.modifiedBy == user
        case nil: isOurs = false
        }
        // Of a record that was marked as withdrawn it is not known any more what a human had changed.
        let base = isOurs && !work.call.wasMarked ? record.fields : [:]
        return merging(work, record, owner, answers, learnt, base: base, isEarlier: true)
    }

    private func update(
        _ work: CallWork, _ record: StandingPhoneCall, _ owner: Owner, _ answers: LookUpAnswers, _ learnt: Learnt
    ) -> Step {
        merging(work, record, owner, answers, learnt, base: work.call.written, isEarlier: false)
    }

    private func merging(
        _ work: CallWork, _ record: StandingPhoneCall, _ found: Owner, _ answers: LookUpAnswers, _ learnt: Learnt,
        base: [PhoneCallField: String], isEarlier: Bool
    ) -> Step {
        if let failure = answers.failure { return .verdict(.failed(work, failure.outcome)) }
        let (owner, party) = pointing(work, found, answers, learnt)
        var call = desired(work, owner, party.regarding)
        if party.regarding.row == nil, !(record.fields[.regarding] ?? "").isEmpty {
            // Named after somebody who is not found any more: the old name is better than a number.
            call.fields[.subject] = nil
            call.fields[.description] = nil
        }
        let known = base.filter { call.fields[$0.key] != nil || !isEarlier }
        let merge = ThreeWayMerge(base: known, theirs: record.fields, ours: call.fields)
        return change(
            work, record, merge, call, owner, party, isAdopted: work.call.state == .adopted, isEarlier: isEarlier)
    }

    private func change(
        _ work: CallWork, _ record: StandingPhoneCall, _ merge: ThreeWayMerge, _ call: PhoneCall, _ owner: Owner,
        _ party: OtherParty,
        isAdopted: Bool, isEarlier: Bool
    ) -> Step {
        let write = PlannedWrite.change(
            work, record, merge, call, isAdopted: isAdopted, owner: owner, party: party,
            mustReopen: connection.mustReopen, unmark: work.call.state == .withdrawn || work.call.wasMarked,
            columns: settings.columns)
        if let write { return .write(write) }
        return .verdict(
            .merged(
                work, merge, record, isAdopted: isAdopted, isEarlierAttempt: isEarlier, owner: owner, party: party,
                changed: false, now: now()))
    }

    private func withdraw(
        _ work: CallWork, _ record: StandingPhoneCall, _ applicationUser: Result<UUID, LookUpFailure>?
    ) -> Step {
        if case .failure(let failure)? = applicationUser { return .verdict(.failed(work, failure.outcome)) }
        let user = try? applicationUser?.get()
        let touched = ThreeWayMerge.touched(base: work.call.written, theirs: record.fields)
        let isUntouched = touched.isEmpty && user != nil && record.modifiedBy == user
        if settings.withdrawRule == .delete, isUntouched, mayDelete(work.call, record) { return .write(.delete(work, record)) }
        let column = settings.columns.withdrawn
        guard !column.isEmpty else { return .verdict(.withdrawn(work, .withdrawnMarked, record.id, touched: touched)) }
        return .write(.mark(work, record, touched: touched, mustReopen: connection.mustReopen, column: column))
    }

    /// Whether the record is the hub's own making: as the state says, or by the id that only the hub gives.
    private func mayDelete(_ call: StoredCall, _ record: StandingPhoneCall) -> Bool {
        switch call.state {
        case .written: true
        case .pending, .dead, .withdrawn:
            !call.wasMarked && record.id == PhoneCallID.activity(tenant: tenant.name, call: call.id)
        case .adopted, .skipped: false
        }
    }

    /// A call to be taken back has no record.
    private func nothingToWithdraw(_ work: CallWork) -> CallVerdict {
        switch work.call.state {
        case .written, .adopted: return .gone(work)
        case .withdrawn: return .left(work)
        case .pending, .dead, .skipped:
            let decision = Decision.make(for: work.call.facts, settings: settings, people: tenant.people)
            guard case .skip(let reason) = decision else { return .gone(work) }
            return .skipped(work, reason)
        }
    }
}
