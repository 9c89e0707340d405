package import Dynamics
import FoundationEssentials
package import Jobs

/// What an attempt that did not bring a record into Dynamics means for its job.
package enum FailedAttempt: Sendable {
    case again(Again)
    /// Dynamics will never take it (`isRefusal`), or all attempts are used up.
    case over(DynamicsFault, code: String, isRefusal: Bool)

    package struct Again: Sendable {
        package let fault: DynamicsFault
        package let failure: JobFailure
        package let after: Duration?
        /// The record's story tells of it.
        package let isTold: Bool
        /// The environment, not the record, is the matter.
        package let needsOperator: Bool

        package var outcome: JobOutcome { .retry(after: after, failure) }
    }

    package init(_ outcome: DynamicsOutcome, of job: Job) {
        switch outcome {
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

    private static func again(
        _ job: Job, _ fault: DynamicsFault, _ outcome: DynamicsOutcome, after: Duration?, counts: Bool,
        needsOperator: Bool = false
    ) -> FailedAttempt {
        if counts, job.attempt >= job.maxAttempts { return .over(fault, code: outcome.name, isRefusal: false) }
        let failure = JobFailure(code: outcome.name, message: fault.shortMessage, detail: fault.detail, countsAttempt: counts)
        return .again(Again(fault: fault, failure: failure, after: after, isTold: counts, needsOperator: needsOperator))
    }
}
