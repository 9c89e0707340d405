import Dynamics
import FoundationEssentials
import Jobs
import Model
import Postgres

extension CallVerdict {
    /// An attempt that did not get through.
    static func failed(_ work: CallWork, _ outcome: DynamicsOutcome) -> CallVerdict {
        switch outcome {
        case .throttled(let after, let fault):
            return .again(work, fault, code: outcome.name, after: after, counts: false, isTold: false)
        case .transient(let fault): return .again(work, fault, code: outcome.name, after: nil, counts: true, isTold: true)
        case .configuration(let fault), .privilege(let fault):
            var verdict = again(work, fault, code: outcome.name, after: TenantHealth.rest, counts: false, isTold: false)
            verdict.trouble = fault
            return verdict
        case .versionConflict:
            let fault = DynamicsFault(status: 412, message: "somebody changed the record at the same moment")
            return .again(work, fault, code: outcome.name, after: .seconds(1), counts: true, isTold: true)
        case .permanent(let fault), .missingReference(let fault): return .refused(work, fault)
        case .notTried, .success, .alreadyWritten, .deletedByHuman:
            let fault = DynamicsFault(status: 0, message: "not tried")
            return .again(work, fault, code: outcome.name, after: nil, counts: false, isTold: false)
        }
    }

    /// Dynamics will not take it, however often it is asked.
    static func refused(_ work: CallWork, _ fault: DynamicsFault) -> CallVerdict {
        gaveUp(work, fault, code: fault.code.isEmpty ? "http_\(fault.status)" : fault.code, reason: .refused)
    }

    private static func again(
        _ work: CallWork, _ fault: DynamicsFault, code: String, after: Duration?, counts: Bool, isTold: Bool
    ) -> CallVerdict {
        if counts, work.job.attempt >= work.job.maxAttempts { return gaveUp(work, fault, code: code, reason: .gaveUp) }
        var result: CallResult?
        if isTold {
            result = CallResult(work.call)
            result?.noteError(fault, code: code)
            result?.story = [
                TimelineRow(work.call.id, .retry, reason: code) { json in
                    json.member("attempt", work.job.attempt)
                    json.member("error", fault.description)
                }
            ]
        }
        let failure = JobFailure(code: code, message: fault.shortMessage, detail: fault.detail, countsAttempt: counts)
        return CallVerdict(result: result, outcome: .retry(after: after, failure))
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

extension DynamicsFault {
    /// The service's text, not too long for a column that people read.
    var shortMessage: String {
        let text = message.isEmpty ? bodyStart ?? description : message
        return text.tidied(toUTF16: 1000)
    }

    /// The service's answer as it is kept with the job.
    var detail: JSONB {
        var json = JSONText()
        json.object { json in
            json.member("status", status)
            if !code.isEmpty { json.member("code", code) }
            if !message.isEmpty { json.member("message", message.tidied(toUTF16: 2000)) }
            if let bodyStart { json.member("body_start", bodyStart.tidied(toUTF16: 2000)) }
        }
        return JSONB(bytes: json.bytes)
    }
}
