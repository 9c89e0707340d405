import Directory
import Dynamics
import FoundationEssentials
import Jobs
import Model
import Tenants

extension CallbackVerdict {
    /// Nothing is done, nothing noted.
    static func left() -> CallbackVerdict { CallbackVerdict(outcome: .done(note: "erased")) }

    static func skipped(_ work: CallbackWork, _ reason: CallbackReason, learnt: [SiblingChange] = []) -> CallbackVerdict {
        var result = CallbackResult(work)
        result.state = .skipped
        result.reason = reason
        result.isNews = true
        result.story = [TimelineRow(work.callback.id, .skipped, reason: reason.rawValue)]
        return CallbackVerdict(result: result, outcome: .done(note: "skipped: \(reason.rawValue)"), siblings: learnt)
    }

    static func ignored(
        _ work: CallbackWork, for other: UUID, _ profile: CallbackProfile, model: CallbackModel, learnt: [SiblingChange]
    ) -> CallbackVerdict {
        var result = CallbackResult(work)
        result.state = .ignored
        result.reason = .sameNumber
        result.ignoredFor = other
        result.profile = profile
        result.isNews = true
        result.story = [
            TimelineRow(work.callback.id, named: "ignored", reason: CallbackReason.sameNumber.rawValue) { json in
                json.member("for", other.lowercase)
                json.member("profile", profile.name)
            }
        ]
        result.close = CallbackFollow.make(
            model: model, state: .ignored, record: nil, stage: work.callback.facts.stage)
        return CallbackVerdict(result: result, outcome: .done(note: "ignored"), siblings: learnt, answered: true)
    }

    /// The phone call stands in its queue, made by this attempt or by an earlier one.
    static func written(
        _ work: CallbackWork, _ draft: CallbackDraft, model: CallbackModel, _ record: RecordState, isEarlier: Bool = false,
        learnt: [SiblingChange]
    ) -> CallbackVerdict {
        let facts = work.callback.facts
        let (call, profile, bundle) = (draft.call, draft.profile, draft.bundle)
        var result = CallbackResult(work)
        result.state = .written
        result.reason = facts.callableNumber == nil ? .noNumber : nil
        result.recordState = record
        result.bundleID = bundle?.id
        result.profile = profile
        result.owner = call.owner
        result.take(draft.party, facts)
        result.isNews = true
        result.latency = Date().timeIntervalSince(work.callback.firstSeenAt)
        result.story = [
            TimelineRow(work.callback.id, isEarlier ? .alreadyWritten : .written, reason: result.reason?.rawValue) { json in
                json.member("activity", call.activityID.lowercase)
                json.member("profile", profile.name)
                if let queue = profile.queueID { json.member("queue", queue.lowercase) }
                json.member("owner_rule", call.owner.rule.rawValue)
                if let owner = call.owner.id { json.member("owner", owner.lowercase) }
                draft.party.describe(in: &json)
                if let bundle { json.member("bundle", bundle.id.lowercase) }
                if work.job.attempt > 1 { json.member("attempt", work.job.attempt) }
            }
        ]
        result.close = CallbackFollow.make(
            model: model, state: .written, record: record, stage: facts.stage)
        let linked = bundle?.unlinked.map { SiblingChange(id: $0.id, recordState: nil, bundleID: bundle?.id) } ?? []
        return CallbackVerdict(result: result, outcome: .done(), siblings: learnt + linked, answered: true)
    }

    /// It can't be written now. It waits, which counts as no attempt, and out of its number's line, so that requests of other lists go on; the
    /// story tells it once.
    ///
    /// A profile that has just changed is looked at within seconds: so long it stays where it is.
    static func waiting(_ work: CallbackWork, _ obstacle: ProfileSituation.Obstacle) -> CallbackVerdict {
        let reason = CallbackReason.profileInTrouble
        var obstacle = obstacle
        if obstacle == .unchecked, Date().timeIntervalSince(work.job.enqueuedAt) > patience { obstacle = .longUnchecked }
        guard case .problem(let problem) = obstacle else {
            return CallbackVerdict(outcome: .snooze(until: Date().addingTimeInterval(2)))
        }
        var verdict = CallbackVerdict(outcome: .snooze(until: Date().addingTimeInterval(CallbackWaitHandler.pause)))
        // Without a number it stands in nobody's way.
        if work.callback.facts.callableNumber != nil {
            verdict.outcome = .done(note: "waits: \(problem)")
            verdict.waits = work
        }
        guard work.callback.reason != reason.rawValue else { return verdict }
        var result = CallbackResult(work)
        result.state = .pending
        result.reason = reason
        result.story = [
            TimelineRow(work.callback.id, named: "waiting", reason: reason.rawValue) { json in
                json.member("problem", problem)
            }
        ]
        verdict.result = result
        return verdict
    }

    /// Seconds that a request waits in its number's line for a look at its profile.
    private static let patience: TimeInterval = 60

    /// Nothing was written; the request may have to be closed in Enreach.
    ///
    /// - Parameter record: state of its phone call, as just seen.
    static func followed(_ work: CallbackWork, _ model: CallbackModel, _ record: RecordState?) -> CallbackVerdict {
        let callback = work.callback
        var result = CallbackResult(work)
        result.reason = callback.reason.flatMap(CallbackReason.init)
        if let record, record != callback.recordState {
            result.recordState = record
            result.reason = record == .deleted ? .deletedByHuman : .recordEnded
            result.story = [
                TimelineRow(callback.id, named: "record_\(record.rawValue)", reason: result.reason?.rawValue)
            ]
        }
        result.close = CallbackFollow.make(
            model: model, state: callback.state, record: result.recordState, stage: callback.facts.stage)
        return CallbackVerdict(result: result, outcome: .done(note: "followed"), answered: record != nil)
    }

    /// The phone call was ended because the request was.
    static func ended(_ work: CallbackWork, _ record: RecordState) -> CallbackVerdict {
        var result = CallbackResult(work)
        result.recordState = record
        result.reason = record == .deleted ? .deletedByHuman : .requestEnded
        result.story = [
            TimelineRow(work.callback.id, named: "record_\(record.rawValue)", reason: result.reason?.rawValue) { json in
                if let how = work.callback.facts.result { json.member("enreach_result", how) }
            }
        ]
        return CallbackVerdict(result: result, outcome: .done(note: "phone call \(record.rawValue)"), answered: true)
    }

    /// An attempt that did not get through.
    static func failed(
        _ work: CallbackWork, _ outcome: DynamicsOutcome, _ lost: LostAttempt = .spared(rest: .seconds(1))
    ) -> CallbackVerdict {
        var result = CallbackResult(work)
        result.reason = work.callback.reason.flatMap(CallbackReason.init)
        switch FailedAttempt(outcome, of: work.job, lost: lost) {
        case .over(let fault, let code, let isRefusal):
            // A record that stands is not undone by an update that fails.
            if work.callback.state != .written {
                result.state = .dead
                result.reason = isRefusal ? .refused : .gaveUp
                result.isNews = true
            }
            result.note(fault, code)
            result.story = [
                TimelineRow(work.callback.id, .dead, reason: (isRefusal ? CallbackReason.refused : .gaveUp).rawValue) { json in
                    json.member("code", code)
                    json.member("error", fault.shortMessage)
                }
            ]
            return CallbackVerdict(
                result: result, outcome: .dead(JobFailure(code: code, message: fault.shortMessage, detail: fault.detail)),
                answered: outcome.isAnswer)
        case .again(let again):
            let lost = again.fault.isOfRequest ? again.fault : nil
            guard again.isNews(after: work.callback.errorCode) else {
                return CallbackVerdict(
                    outcome: again.outcome, trouble: again.needsOperator ? again.fault : nil, lost: lost,
                    answered: outcome.isAnswer)
            }
            result.note(again.fault, again.failure.code)
            result.story = [
                TimelineRow(work.callback.id, .retry, reason: again.failure.code) { json in
                    json.member("attempt", work.job.attempt)
                    json.member("error", again.fault.description)
                }
            ]
            return CallbackVerdict(result: result, outcome: again.outcome, lost: lost, answered: outcome.isAnswer)
        }
    }
}

extension CallbackResult {
    /// Whom the phone call is with, and what that says of the directory.
    fileprivate mutating func take(_ party: OtherParty, _ facts: CallbackFacts) {
        regarding = party.regarding.row
        matchRule = party.rule
        if case .ambiguous(let count) = party.regarding, let number = facts.number.e164 {
            ambiguity = (number, count, facts.requestedAt)
        }
    }

    fileprivate mutating func note(_ fault: DynamicsFault, _ code: String) {
        errorCode = code
        errorText = fault.shortMessage
    }
}
