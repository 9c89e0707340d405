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

    var settings: Settings { tenant.settings }

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
    struct Leftover: Sendable {
        let work: CallWork
        let outcome: DynamicsOutcome
        let pointsToOwner: Bool
    }

    /// What earlier rounds said of a call.
    struct Learnt: Sendable {
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
