package import Dynamics
import FoundationEssentials
package import Jobs

/// What is known of an attempt whose request failed as a whole.
package enum LostAttempt: Sendable {
    /// The service is down, or it may have been another record of the request: the attempt does not count, and the job rests.
    case spared(rest: Duration)
    /// The record was alone in it, and all else goes well.
    case blamed
}

/// What an attempt that did not bring a record into Dynamics means for its job.
package enum FailedAttempt: Sendable {
    case again(Again)
    /// Dynamics will never take it (`isRefusal`), or all attempts are used up.
    case over(DynamicsFault, code: String, isRefusal: Bool)

    package struct Again: Sendable {
        package let fault: DynamicsFault
        package let failure: JobFailure
        package let after: Duration?
        /// The record's story tells of it; of a service that is down it does so once (see ``isNews(after:)``).
        package let isTold: Bool
        /// The environment, not the record, is the matter.
        package let needsOperator: Bool

        package var outcome: JobOutcome { .retry(after: after, failure) }

        /// Whether the record's row and story are to tell of it.
        /// - Parameter code: the error that the row has.
        package func isNews(after code: String?) -> Bool {
            isTold && !(failure.code == FailedAttempt.unavailable && code == failure.code)
        }
    }

    /// Code of a failure that says that the service is down.
    package static let unavailable = "unavailable"

    package init(_ outcome: DynamicsOutcome, of job: Job, lost: LostAttempt = .spared(rest: .seconds(1))) {
        switch outcome {
        case .transient(let fault) where fault.isOfRequest: self = Self.lost(job, fault, lost)
        case .throttled(let after, let fault): self = Self.again(job, fault, outcome, after: after, counts: false)
        case .transient(let fault): self = Self.again(job, fault, outcome, after: nil, counts: true)
        case .configuration(let fault), .privilege(let fault):
            self = Self.again(job, fault, outcome, after: TenantHealth.rest, counts: false, needsOperator: true)
        case .versionConflict:
            let fault = DynamicsFault(status: 412, message: "somebody changed the record at the same moment")
            self = Self.again(job, fault, outcome, after: .seconds(1), counts: true)
        case .permanent(let fault), .missingReference(let fault):
            self = .over(fault, code: fault.code.isEmpty ? "http_\(fault.status)" : fault.code, isRefusal: true)
        case .notTried, .success, .alreadyWritten, .deletedByHuman:
            let fault = DynamicsFault(status: 0, message: "not tried")
            self = Self.again(job, fault, outcome, after: nil, counts: false)
        }
    }

    private static func lost(_ job: Job, _ fault: DynamicsFault, _ lost: LostAttempt) -> FailedAttempt {
        switch lost {
        case .spared(let rest):
            let failure = JobFailure(
                code: unavailable, message: fault.operatorTextWithCode, detail: fault.detail, countsAttempt: false)
            return .again(Again(fault: fault, failure: failure, after: rest, isTold: true, needsOperator: false))
        case .blamed:
            guard case .again(let again) = again(job, fault, .transient(fault), after: nil, counts: true) else {
                return .over(fault, code: DynamicsOutcome.transient(fault).name, isRefusal: false)
            }
            var failure = again.failure
            failure.runsAlone = true
            return .again(Again(fault: fault, failure: failure, after: nil, isTold: true, needsOperator: false))
        }
    }

    private static func again(
        _ job: Job, _ fault: DynamicsFault, _ outcome: DynamicsOutcome, after: Duration?, counts: Bool,
        needsOperator: Bool = false
    ) -> FailedAttempt {
        if counts, job.attempt >= job.maxAttempts { return .over(fault, code: outcome.name, isRefusal: false) }
        let failure = JobFailure(code: outcome.name, message: fault.shortMessage, detail: fault.detail, countsAttempt: counts)
        return .again(Again(fault: fault, failure: failure, after: after, isTold: counts, needsOperator: needsOperator))
    }
}
