import Directory
import Dynamics
import FoundationEssentials
import Jobs
import Logging
import Model
import Tenants
import Tracing

/// Brings a batch of calls of one tenant into Dynamics: one read for all of them, one write, and further rounds for the few that need them.
struct CallWriter: Sendable {
    let tenant: TenantSituation
    let connection: TenantConnection
    let lane: BudgetLane
    let parties: PartyKnowledge
    /// Of the Enreach API, for the addresses of recordings.
    let apiAddress: String
    /// Which calls have these records already.
    let callsOfRecords: @Sendable ([UUID]) async throws -> [UUID: UUID]
    let now: @Sendable () -> Date

    private var settings: Settings { tenant.settings }

    /// A verdict for each of the calls, in their order.
    func write(_ works: [CallWork]) async throws -> [CallVerdict] {
        var verdicts: [UUID: CallVerdict] = [:]
        var planned: [PlannedWrite] = []
        for work in works {
            switch work.action {
            case .leave: verdicts[work.call.id] = .left(work)
            case .skip(let reason): verdicts[work.call.id] = .skipped(work, reason)
            case .create, .update, .withdraw: break
            }
        }
        var open = works.filter { verdicts[$0.call.id] == nil }
        var learnt: [UUID: Learnt] = [:]
        // Further rounds are for calls whose record turned out to stand already, or to point to something that is gone. Each round needs news.
        while !open.isEmpty {
            planned = []
            try await plan(open, learnt, into: &planned, verdicts: &verdicts)
            let left = try await send(planned, verdicts: &verdicts)
            open = []
            for leftover in left {
                if learnt[leftover.work.call.id, default: Learnt()].learn(leftover) {
                    open.append(leftover.work)
                } else {
                    verdicts[leftover.work.call.id] = .failed(leftover.work, leftover.outcome)
                }
            }
        }
        return works.map { verdicts[$0.call.id] ?? .failed($0, .notTried) }
    }

    /// A call for another round, with what this one said.
    private struct Leftover: Sendable {
        let work: CallWork
        let outcome: DynamicsOutcome
        let pointsToOwner: Bool
    }

    /// What earlier rounds said of a call.
    private struct Learnt: Sendable {
        /// Its record is there already.
        var stands = false
        /// What the record was to point to is gone: do without it.
        var ownerIsGone = false
        var partyIsGone = false

        /// False: it is nothing new.
        mutating func learn(_ leftover: Leftover) -> Bool {
            let before = (stands, ownerIsGone, partyIsGone)
            switch leftover.outcome {
            case .alreadyWritten: stands = true
            case .missingReference(let fault):
                let entity = fault.missing?.entity.lowercased() ?? ""
                if entity == "systemuser" || entity.isEmpty && partyIsGone && leftover.pointsToOwner {
                    ownerIsGone = true
                } else {
                    partyIsGone = true
                }
            default: break
            }
            return before != (stands, ownerIsGone, partyIsGone)
        }
    }

    // MARK: Reading and planning

    private func plan(
        _ works: [CallWork], _ learnt: [UUID: Learnt], into planned: inout [PlannedWrite], verdicts: inout [UUID: CallVerdict]
    ) async throws {
        try await withSpan("decide") { span in
            span.attributes["trunkline.calls"] = works.count
            try await decide(works, learnt, into: &planned, verdicts: &verdicts)
            span.attributes["trunkline.calls.to_write"] = planned.count
        }
    }

    private func decide(
        _ works: [CallWork], _ learnt: [UUID: Learnt], into planned: inout [PlannedWrite], verdicts: inout [UUID: CallVerdict]
    ) async throws {
        let standsAlready = Set(works.map(\.call.id).filter { learnt[$0]?.stands == true })
        let creates = works.filter { $0.action.isCreate && !standsAlready.contains($0.call.id) }
        let records = works.filter { !$0.action.isCreate || standsAlready.contains($0.call.id) }.map(\.call.activityID)
        let lookUps = LookUps(
            creates: creates.map(\.call), named: works.filter { !$0.action.isWithdrawal }.map(\.call), standing: records,
            sought: works.filter { $0.action.isWithdrawal && $0.call.mayHaveAdopted }.map(\.call), settings: settings,
            people: tenant.people, numbers: tenant.numbers, asksParties: parties.asksDynamics)
        let answers =
            lookUps.operations.isEmpty
            ? LookUpAnswers()
            : lookUps.read(
                try await connection.dynamics.batch(lookUps.operations, lane: lane), standing: records, settings: settings)
        if case .permanent(let fault)? = answers.failure?.outcome, works.count > 1 {
            // A question that Dynamics refuses says nothing about any one call: each is asked for alone.
            throw JobFailure(code: fault.code, message: "the read for \(works.count) calls was refused: \(fault.shortMessage)")
        }
        let own = Set(creates.map(\.call.activityID))
        let needsUser =
            !standsAlready.isEmpty || works.contains { $0.action.isWithdrawal }
            || answers.candidates.contains { own.contains($0.id) }
        let user = try await applicationUser(isNeeded: needsUser)
        var adoption = try await adoption(answers.candidates)
        for work in works {
            let step = step(work, answers, &adoption, applicationUser: user, learnt[work.call.id] ?? Learnt())
            switch step {
            case .write(let write): planned.append(write)
            case .verdict(let verdict): verdicts[work.call.id] = verdict
            }
        }
    }

    /// Nil: it was not needed.
    private func applicationUser(isNeeded: Bool) async throws -> Result<UUID, LookUpFailure>? {
        guard isNeeded else { return nil }
        do {
            return .success(try await connection.applicationUser())
        } catch let error as CancellationError {
            throw error
        } catch let error as DynamicsError {
            return .failure(LookUpFailure(outcome: DynamicsOutcome(error)))
        } catch {
            let fault = DynamicsFault(status: 0, message: "The application user is not known: it can't be told")
            return .failure(LookUpFailure(outcome: .transient(fault)))
        }
    }

    /// The phone calls that may be adopted: of no call yet, as far as a column or our own records tell.
    private func adoption(_ candidates: [StandingPhoneCall]) async throws -> Adoption {
        let free = candidates.filter { $0.callID == nil }
        let taken = free.isEmpty ? [:] : try await callsOfRecords(free.map(\.id))
        let candidates = free.filter { taken[$0.id] == nil }.compactMap { $0.candidate(tenant.numbers) }
        return Adoption(candidates, margin: settings.callStartMargin)
    }

    private enum Step {
        case write(PlannedWrite)
        case verdict(CallVerdict)
    }

    private func step(
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

    // MARK: Sending and judging

    private func send(_ writes: [PlannedWrite], verdicts: inout [UUID: CallVerdict]) async throws -> [Leftover] {
        guard !writes.isEmpty else { return [] }
        let results = try await withSpan("write") { span in
            span.attributes["trunkline.calls"] = writes.count
            return try await connection.dynamics.batch(writes.map(\.operation), lane: lane)
        }
        var leftovers: [Leftover] = []
        for (write, result) in zip(writes, results) {
            if let verdict = judge(write, result) {
                verdicts[write.work.call.id] = verdict
            } else {
                leftovers.append(
                    Leftover(work: write.work, outcome: result.outcome, pointsToOwner: write.owner?.systemUserID != nil))
            }
        }
        return leftovers
    }

    /// Nil: the call needs another round.
    private func judge(_ write: PlannedWrite, _ result: OperationResult) -> CallVerdict? {
        let work = write.work
        let owner = write.owner ?? Owner(systemUserID: nil, name: nil, rule: .none)
        if case .permanent(let fault) = result.outcome, fault.saysClosed, !connection.mustReopen {
            connection.mustReopen = true
            return .failed(work, .notTried)
        }
        switch (write.kind, result.outcome) {
        case (.create(let call), .success):
            return .written(work, call, owner: owner, party: write.party, now: now())
        case (.create, .alreadyWritten), (.create, .missingReference): return nil
        case (.adopt, .missingReference), (.update, .missingReference): return nil
        case (.adopt(let merge, let record), .success), (.update(let merge, let record), .success):
            return .merged(
                work, merge, record, isAdopted: write.isAdoption, isEarlierAttempt: !work.call.state.hasRecord, owner: owner,
                party: write.party, changed: true, now: now())
        case (.adopt, .deletedByHuman) where !work.call.state.hasRecord:
            // Deleted between being found and being adopted: the next attempt makes a record of our own.
            return .failed(work, .versionConflict)
        case (.adopt, .deletedByHuman), (.update, .deletedByHuman): return .deletedByHuman(work)
        case (.delete, .success): return .withdrawn(work, .withdrawnDeleted)
        case (.mark(let record, let touched), .success):
            return .withdrawn(work, .withdrawnMarked, record.id, touched: touched)
        case (.delete, .deletedByHuman), (.mark, .deletedByHuman): return .gone(work)
        default: return .failed(work, result.outcome)
        }
    }
}

extension CallVerdict {
    /// The record of a call to be taken back is gone: by an earlier attempt whose answer was lost, or else by a human's hand.
    fileprivate static func gone(_ work: CallWork) -> CallVerdict {
        let mayBeOurs = work.call.state != .adopted && (work.job.attempt > 1 || work.call.errorCode != nil)
        return withdrawn(work, mayBeOurs ? .withdrawnDeleted : .withdrawnGone)
    }
}

extension CallAction {
    fileprivate var isWithdrawal: Bool { self == .withdraw }

    fileprivate var isCreate: Bool {
        if case .create = self { return true }
        return false
    }
}

extension PlannedWrite {
    fileprivate var isAdoption: Bool {
        if case .adopt = kind { return true }
        return false
    }
}
