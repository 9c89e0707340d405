package import Dynamics
package import Enreach
import FoundationEssentials
package import Jobs
package import Logging
import Model
import Postgres
import Privacy
package import Runtime
import Tracing
import Traces

/// Keeps one line per tenant and vendor on `/health/ready`, and turns a vendor's failure into what becomes of the job.
package struct TenantHealth: Sendable {
    package enum Side: String, Sendable { case enreach, dynamics }

    package let readiness: Readiness
    package let logger: Logger
    let witness = WriteWitness()

    package init(readiness: Readiness, logger: Logger) {
        self.readiness = readiness
        self.logger = logger
    }

    /// How long the jobs of a tenant that can't be served rest.
    package static let rest: Duration = .seconds(30)

    /// Runs a job of a tenant that is switched on and known here; puts it off otherwise.
    package func guarded(
        _ job: Job, book: TenantBook, side: Side,
        _ body: (TenantSituation, TenantConnection) async throws -> JobResults
    ) async throws -> JobResults {
        guard let tenant = try await book.situation(job.tenant) else {
            return JobResults(outcomes: [job.id: .cancelled("there is no tenant \(job.tenant)")])
        }
        guard let connection = usable(tenant) else { return JobResults(outcomes: [job.id: Self.putOff()]) }
        return try await ServiceContext.withLogFields(["tenant": tenant.name]) {
            do {
                let results = try await body(tenant, connection)
                well(tenant.name, side)
                return results
            } catch let error as EnreachError {
                return JobResults(outcomes: [job.id: failed(tenant.name, error)])
            } catch let error as DynamicsError {
                return JobResults(outcomes: [job.id: failed(tenant.name, error)])
            }
        }
    }

    /// The tenant's connection, if it is switched on, this instance is configured for it, and has the key to its erased numbers.
    package func usable(_ tenant: TenantSituation) -> TenantConnection? {
        guard tenant.isEnabled else {
            readiness.set("tenant \(tenant.name)", .ready, "switched off")
            return nil
        }
        guard let connection = tenant.connection else { return nil }
        // What can't be told again must not come back: better nothing comes in.
        guard Self.canTellErased(tenant, readiness) else { return nil }
        readiness.set("tenant \(tenant.name)", .ready)
        return connection
    }

    /// Whether every erased number of the tenant can be told again; says so on `/health/ready` where not.
    package static func canTellErased(_ tenant: TenantSituation, _ readiness: Readiness) -> Bool {
        let check = "tenant \(tenant.name): privacy"
        guard let problem = tenant.erasures.problem else {
            if readiness[check] != nil { readiness.remove(check) }
            return true
        }
        readiness.set(check, .degraded, problem)
        return false
    }

    /// The job rests; that does not count as an attempt.
    package static func putOff() -> JobOutcome { .snooze(until: Date().addingTimeInterval(Double(rest.components.seconds))) }

    package func well(_ tenant: String, _ side: Side) { readiness.set(Self.check(tenant, side), .ready) }

    package func failed(_ tenant: String, _ error: EnreachError) -> JobOutcome {
        readiness.set(Self.check(tenant, .enreach), .degraded, error.description)
        logger.warning("Enreach failed", metadata: ["tenant": "\(tenant)", "reason": "\(error)"])
        let failure = JobFailure(
            code: "enreach_\(error.code)", message: error.message, detail: Self.detail(error.bodyStart),
            countsAttempt: error.code == .malformed)
        return .retry(after: error.retryAfter ?? (error.isTransient ? nil : Self.rest), failure)
    }

    package func failed(_ tenant: String, _ error: DynamicsError) -> JobOutcome {
        readiness.set(Self.check(tenant, .dynamics), .degraded, error.operatorTextWithCode)
        logger.warning("Dynamics failed", metadata: ["tenant": "\(tenant)", "reason": "\(error)"])
        let failure = JobFailure(
            code: "dynamics_\(error.code)", message: error.operatorText, detail: Self.detail(error.fault?.bodyStart),
            countsAttempt: error.code == .malformed)
        return .retry(after: error.retryAfter ?? (error.isTransient ? nil : Self.rest), failure)
    }

    /// The beginning of an answer as it is kept with the job: without numbers, since it may be about private calls.
    private static func detail(_ bodyStart: String?) -> JSONB? {
        bodyStart.flatMap { try? JSONB(encoding: ["body_start": $0.maskingNumbers]) }
    }

    /// What becomes of a job whose record Dynamics did not take, where nothing but the job tells of it.
    package func failed(_ tenant: String, _ outcome: DynamicsOutcome, of job: Job) -> JobOutcome {
        var lost = LostAttempt.blamed
        if case .transient(let fault) = outcome, fault.isOfRequest, !witness.blames(job, of: tenant) {
            ill(tenant, fault)
            lost = .spared(rest: Self.rest)
        }
        switch FailedAttempt(outcome, of: job, lost: lost) {
        case .again(let again):
            if again.needsOperator { ill(tenant, again.fault) }
            return again.outcome
        case .over(let fault, let code, _):
            return .dead(JobFailure(code: code, message: fault.shortMessage.maskingNumbers))
        }
    }

    /// A batch came back with a failure that concerns the environment, not a record.
    package func ill(_ tenant: String, _ fault: DynamicsFault) {
        readiness.set(Self.check(tenant, .dynamics), .degraded, fault.operatorTextWithCode)
    }

    package static func check(_ tenant: String, _ side: Side) -> String { "tenant \(tenant): \(side.rawValue)" }
}
