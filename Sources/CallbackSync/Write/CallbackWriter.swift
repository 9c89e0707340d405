import Directory
import Dynamics
import FoundationEssentials
import Jobs
import Model
import Tenants
import Tracing

/// Brings a batch of requests of one tenant into Dynamics: at most one read for all of them, one write, and further rounds for the few that
/// need them, each with what the one before taught. Phone call, queue item, owner and links of one request are one transaction.
struct CallbackWriter: Sendable {
    let tenant: TenantSituation
    let connection: TenantConnection
    let situation: ProfileSituation
    /// Of the Enreach API, for the addresses of voicemails.
    let apiAddress: String
    /// Whom numbers belong to.
    let parties: PartyKnowledge
    /// By number, the requests whose phone calls were open when last seen.
    let siblings: [String: [OpenCallback]]
    /// By number, requests that wait for their profile.
    let waiting: [String: [WaitingCallback]]
    /// Property that binds the lookup to the bundle, as the environment calls it; nil: there is no such column.
    let link: String?

    var settings: Settings { tenant.settings }

    /// Each is three changes or so: with more of them a request runs long, and a few long requests fill the web servers unevenly.
    private static let transactionsPerRequest = 15

    /// More than a request can learn: owner, regarding, link and bundle are given up once each, and others of its bundle looked at anew
    /// ``mostLooks`` times.
    private static let mostRounds = 10
    private static let mostLooks = 3

    /// A verdict for each of the requests, in their order.
    func write(_ works: [CallbackWork]) async throws -> [CallbackVerdict] {
        var verdicts: [UUID: CallbackVerdict] = [:]
        var left = works.map { Attempt(work: $0) }
        for _ in 0..<Self.mostRounds where !left.isEmpty { left = try await round(left, &verdicts) }
        // What there is still to do without may be done without in the next attempt.
        for attempt in left {
            let outcome = attempt.outcome.fault.map { DynamicsOutcome.transient($0) } ?? attempt.outcome
            verdicts[attempt.work.callback.id] = .failed(attempt.work, outcome)
        }
        return works.map { verdicts[$0.callback.id] ?? .failed($0, .notTried) }
    }

    /// A request on its way, with what an earlier round taught.
    struct Attempt: Sendable {
        let work: CallbackWork
        var outcome = DynamicsOutcome.notTried
        /// The record is there already.
        var stands = false
        var withoutOwner = false
        var withoutRegarding = false
        var bundling = Bundling.asDecided
        /// Times that others of its bundle turned out not to be as they were read.
        var looks = 0
        /// What Dynamics said to the link; then it goes without.
        var linkFault: DynamicsFault?

        enum Bundling: Sendable {
            case asDecided
            /// The phone call that gave the bundle its id is gone: the open ones begin anew.
            case anew
            /// A bundle is worth less than its phone calls.
            case without
        }

        func bundle(_ decided: CallbackBundle?, _ open: [OpenCallback]) -> CallbackBundle? {
            switch bundling {
            case .asDecided: decided
            case .anew: decided?.anew(open)
            case .without: nil
            }
        }
    }

    struct Planned: Sendable {
        enum Kind: Sendable {
            case create(CallbackDraft)
            case end(completed: Bool)
            case look(CallbackDraft)
        }

        var attempt: Attempt
        let kind: Kind
        let operation: BatchOperation
        /// What was learnt of others of the number on the way.
        var learnt: [SiblingChange] = []
    }

    /// One read and one write. Answers what needs another round.
    private func round(_ attempts: [Attempt], _ verdicts: inout [UUID: CallbackVerdict]) async throws -> [Attempt] {
        let planned = try await withSpan("decide") { span in
            span.attributes["trunkline.callbacks"] = attempts.count
            return try await decide(attempts, &verdicts)
        }
        guard !planned.isEmpty else { return [] }
        let results = try await withSpan("write") { span in
            span.attributes["trunkline.callbacks"] = planned.count
            return try await connection.dynamics.batch(
                planned.map(\.operation), lane: .callback, changeSetsPerRequest: Self.transactionsPerRequest)
        }
        var left: [Attempt] = []
        for (plan, result) in zip(planned, results) {
            switch judge(plan, result) {
            case .verdict(let verdict): verdicts[plan.attempt.work.callback.id] = verdict
            case .again(let attempt): left.append(attempt)
            }
        }
        return left
    }

    private func decide(_ attempts: [Attempt], _ verdicts: inout [UUID: CallbackVerdict]) async throws -> [Planned] {
        let numbers = parties.asksDynamics ? attempts.filter(\.work.callback.isUnwritten).map(\.work.callback.facts.number) : []
        let lookUps = try await CallbackLookUps.read(
            records: asked(attempts), numbers: numbers, tenant, from: connection.dynamics)
        var planned: [Planned] = []
        for attempt in attempts {
            switch plan(attempt, lookUps) {
            case .verdict(let verdict): verdicts[attempt.work.callback.id] = verdict
            case .planned(let plan): planned.append(plan)
            }
        }
        return planned
    }

    /// The phone calls whose state decides about something.
    private func asked(_ attempts: [Attempt]) -> Set<UUID> {
        var asked: Set<UUID> = []
        for callback in attempts.map(\.work.callback) {
            if callback.state == .written {
                asked.insert(callback.activityID)
            } else if let number = callback.facts.callableNumber {
                asked.formUnion((siblings[number] ?? []).filter { $0.id != callback.id }.map(\.activityID))
            }
        }
        return asked
    }

    // MARK: Planning

    private enum Step {
        case planned(Planned)
        case verdict(CallbackVerdict)
    }

    private func plan(_ attempt: Attempt, _ lookUps: CallbackLookUps) -> Step {
        switch attempt.work.callback.state {
        // What is left to be done for it the erasure does.
        case .pending where attempt.work.callback.facts.isErased, .dead where attempt.work.callback.facts.isErased:
            .verdict(.left())
        case .pending, .dead: begin(attempt, lookUps)
        case .written: follow(attempt, lookUps.records)
        case .ignored, .skipped: .verdict(.followed(attempt.work, settings.callbackModel, nil))
        }
    }

    private func begin(_ attempt: Attempt, _ lookUps: CallbackLookUps) -> Step {
        let work = attempt.work
        let states = lookUps.records
        let facts = work.callback.facts
        if let obstacle = situation.obstacle(list: facts.listID) { return .verdict(.waiting(work, obstacle)) }
        guard let profile = situation.profiles.profile(list: facts.listID) else { return .verdict(.skipped(work, .noProfile)) }
        if (facts.callableNumber.flatMap { waiting[$0] } ?? []).contains(where: { $0.comesBefore(facts) }) {
            return .verdict(.waiting(work, .earlierWaits))
        }
        let known = (facts.callableNumber.flatMap { siblings[$0] } ?? []).filter { $0.id != work.callback.id }
        if !known.isEmpty, let failure = states.failure { return .verdict(.failed(work, failure)) }
        let open = known.filter { states.states[$0.activityID] == .open }
        // In the two-way model an end closes the request: that is left to who follows.
        let told = settings.callbackModel == .twoWay ? [] : known
        let learnt = told.compactMap { other in
            states.states[other.activityID].flatMap { $0 == .open ? nil : SiblingChange(id: other.id, recordState: $0) }
        }
        switch CallbackDecision.make(for: facts, profiles: situation.profiles, endings: tenant.endings, open: open) {
        case .skip(let reason):
            return .verdict(.skipped(work, reason, learnt: learnt))
        case .ignore(let other):
            return .verdict(.ignored(work, for: other, profile, model: settings.callbackModel, learnt: learnt))
        case .write(let bundle):
            if let failure = lookUps.carriersFailure { return .verdict(.failed(work, failure)) }
            return .planned(
                create(attempt, profile, attempt.bundle(bundle, open), lookUps.carriers, learnt))
        }
    }

    private func create(
        _ attempt: Attempt, _ profile: CallbackProfile, _ bundle: CallbackBundle?, _ carriers: NumberCarriers,
        _ learnt: [SiblingChange]
    ) -> Planned {
        let callback = attempt.work.callback
        let queue = situation.queues[profile.id]
        let owner =
            attempt.withoutOwner
            ? CallbackOwner(id: nil, rule: .ownerRefused)
            : CallbackOwner.find(profile, queue: queue, settings: settings, people: tenant.people)
        let party =
            attempt.withoutRegarding
            ? .gone : parties.party(callback.facts.number, agent: owner.id, carriers: carriers, people: tenant.people)
        let call = CallbackPhoneCall(
            activityID: callback.activityID, facts: callback.facts, profile: profile, queue: queue, owner: owner,
            regarding: party.regarding.row, bundleID: bundle?.id, settings: settings, apiAddress: apiAddress)
        let draft = CallbackDraft(call: call, party: party, profile: profile, bundle: bundle)
        let path = CallbackBody.path(callback.activityID)
        if attempt.stands {
            return Planned(
                attempt: attempt, kind: .look(draft),
                operation: .get(ODataQuery(path, select: ["activityid", "statecode"])), learnt: learnt)
        }
        let link = attempt.linkFault == nil ? link : nil
        var changes = [
            Change.createOnly(path, CallbackBody.create(call, settings.columns, link: link)),
            Change.action(
                "queues(\(profile.queueID?.lowercase ?? ""))/Microsoft.Dynamics.CRM.AddToQueue",
                CallbackBody.addToQueue(callback.activityID)),
        ]
        if let bundle, let link {
            changes += bundle.unlinked.map { .updateOnly(CallbackBody.path($0.activityID), CallbackBody.link(bundle.id, link)) }
        }
        return Planned(attempt: attempt, kind: .create(draft), operation: .changeSet(changes), learnt: learnt)
    }

    /// One whose phone call stands: whichever side ended it, the other follows.
    private func follow(_ attempt: Attempt, _ states: RecordStates) -> Step {
        let work = attempt.work
        if let failure = states.failure { return .verdict(.failed(work, failure)) }
        let record = states.states[work.callback.activityID] ?? work.callback.recordState ?? .open
        let facts = work.callback.facts
        let step = CallbackFollow.make(
            model: settings.callbackModel, state: .written, record: record, stage: facts.stage)
        guard step == .endRecord else { return .verdict(.followed(work, settings.callbackModel, record)) }
        let completed = tenant.endings.isSuccess(facts.result)
        let body = completed ? PhoneCallBody.complete(status: 2) : PhoneCallBody.cancel
        return .planned(
            Planned(
                attempt: attempt, kind: .end(completed: completed),
                operation: .change(.updateOnly(CallbackBody.path(work.callback.activityID), body))))
    }

    // MARK: Judging

    private enum Judgement {
        case verdict(CallbackVerdict)
        case again(Attempt)
    }

    private func judge(_ plan: Planned, _ result: OperationResult) -> Judgement {
        var attempt = plan.attempt
        attempt.outcome = result.outcome
        let work = attempt.work
        switch (plan.kind, result.outcome) {
        case (.create(var draft), .success):
            // Links that could not be written are not noted either: the next of the number makes them.
            if attempt.linkFault != nil { draft.bundle = nil }
            var verdict = CallbackVerdict.written(
                work, draft, model: settings.callbackModel, .open, learnt: plan.learnt)
            verdict.trouble = attempt.linkFault
            return .verdict(verdict)
        case (.create(let draft), .configuration(let fault)) where isAboutLink(fault, draft.call, attempt):
            attempt.linkFault = fault
            return .again(attempt)
        case (.look(let draft), .success):
            let record = RecordState(statecode: ODataValue(json: result.body)?.row?.int("statecode"))
            return .verdict(
                .written(work, draft, model: settings.callbackModel, record, isEarlier: true, learnt: plan.learnt))
        case (.create, .alreadyWritten):
            attempt.stands = true
            return .again(attempt)
        case (.create(let draft), .missingReference(let fault)): return missing(attempt, draft.call, fault)
        case (.create, .deletedByHuman):
            // One to be linked is gone.
            return lookAgain(attempt)
        case (.create(let draft), .permanent(let fault)) where fault.saysClosed && linksOthers(draft, attempt):
            // One to be linked has ended meanwhile, and the environment refuses changes of it.
            return lookAgain(attempt)
        case (.create(let draft), .privilege), (.create(let draft), .permanent):
            guard draft.call.owner.id != nil, !attempt.withoutOwner else { return .verdict(.failed(work, result.outcome)) }
            attempt.withoutOwner = true
            return .again(attempt)
        case (.look, .missingReference):
            let fault = DynamicsFault(
                status: 412, message: "Dynamics says that the record is there already, but shows none with its id")
            return .verdict(.failed(work, .transient(fault)))
        case (.end(let completed), .success): return .verdict(.ended(work, completed ? .completed : .cancelled))
        case (.end, .deletedByHuman): return .verdict(.ended(work, .deleted))
        default: return .verdict(.failed(work, result.outcome))
        }
    }

    private func linksOthers(_ draft: CallbackDraft, _ attempt: Attempt) -> Bool {
        link != nil && attempt.linkFault == nil && draft.bundle?.unlinked.isEmpty == false
    }

    /// Others of the number are not as they were read a moment ago: read them once more; where that does not help, go without them.
    private func lookAgain(_ before: Attempt) -> Judgement {
        var attempt = before
        guard attempt.bundling != .without else { return .verdict(.failed(attempt.work, attempt.outcome)) }
        attempt.looks += 1
        if attempt.looks > Self.mostLooks { attempt.bundling = .without }
        return .again(attempt)
    }

    /// The lookup has another name in this environment than was found out, or none: a bundle is worth less than its phone calls.
    private func isAboutLink(_ fault: DynamicsFault, _ call: CallbackPhoneCall, _ attempt: Attempt) -> Bool {
        guard let link, call.bundleID != nil, attempt.linkFault == nil else { return false }
        return fault.message.contains("'\(link)'")
    }

    /// What the record points to is gone: do without it, except without its queue.
    private func missing(_ before: Attempt, _ call: CallbackPhoneCall, _ fault: DynamicsFault) -> Judgement {
        var attempt = before
        switch fault.missing?.entity.lowercased() ?? "" {
        case "queue": return .verdict(.waiting(attempt.work, .problem(CallbackProblem.queueGone.code)))
        case "systemuser", "team":
            guard call.owner.id != nil else { break }
            attempt.withoutOwner = true
            return .again(attempt)
        case "phonecall", "activitypointer":
            guard call.bundleID != nil else { break }
            attempt.bundling = attempt.bundling == .asDecided ? .anew : .without
            return .again(attempt)
        default:
            guard call.regarding != nil else { break }
            attempt.withoutRegarding = true
            return .again(attempt)
        }
        return .verdict(.failed(attempt.work, attempt.outcome))
    }
}
