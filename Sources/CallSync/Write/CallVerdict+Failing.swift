import Dynamics
import FoundationEssentials
import Jobs
import Model
import Postgres
import Tenants

extension CallVerdict {
    /// An attempt that did not get through.
    static func failed(
        _ work: CallWork, _ outcome: DynamicsOutcome, _ lost: LostAttempt = .spared(rest: .seconds(1))
    ) -> CallVerdict {
        switch FailedAttempt(outcome, of: work.job, lost: lost) {
        case .over(let fault, let code, let isRefusal):
            var verdict = gaveUp(work, fault, code: code, reason: isRefusal ? .refused : .gaveUp)
            verdict.answered = outcome.isAnswer
            return verdict
        case .again(let again):
            var result: CallResult?
            if again.isNews(after: work.call.errorCode) {
                result = CallResult(work.call)
                result?.noteError(again.fault, code: again.failure.code)
                result?.story = [
                    TimelineRow(work.call.id, .retry, reason: again.failure.code) { json in
                        json.member("attempt", work.job.attempt)
                        json.member("error", again.fault.description)
                    }
                ]
            }
            var verdict = CallVerdict(result: result, outcome: again.outcome)
            verdict.trouble = again.needsOperator ? again.fault : nil
            verdict.lost = again.fault.isOfRequest ? again.fault : nil
            verdict.answered = outcome.isAnswer
            return verdict
        }
    }

    private static func gaveUp(_ work: CallWork, _ fault: DynamicsFault, code: String, reason: StateReason) -> CallVerdict {
        var result = CallResult(work.call)
        result.noteError(fault, code: code)
        // A record that stands is not undone by an update that fails.
        if !work.call.state.hasRecord {
            result.state = .dead
            result.reason = reason.rawValue
            result.figure = .dead
        }
        result.story = [
            TimelineRow(work.call.id, .dead, reason: reason.rawValue) { json in
                json.member("code", code)
                json.member("error", fault.shortMessage)
                json.member("attempt", work.job.attempt)
            }
        ]
        return CallVerdict(
            result: result, outcome: .dead(JobFailure(code: code, message: fault.shortMessage, detail: fault.detail)))
    }
}

extension CallResult {
    fileprivate mutating func noteError(_ fault: DynamicsFault, code: String) {
        errorCode = code
        errorText = fault.shortMessage
    }
}
