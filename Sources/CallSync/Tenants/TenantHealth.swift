import Dynamics
import Enreach
import FoundationEssentials
import Jobs
import Logging
import Postgres
import Runtime

/// Keeps one line per tenant and vendor on `/health/ready`, and turns a vendor's failure into what becomes of the job.
struct TenantHealth: Sendable {
    enum Side: String, Sendable { case enreach, dynamics }

    let readiness: Readiness
    let logger: Logger

    /// How long the jobs of a tenant that can't be served rest.
    static let rest: Duration = .seconds(30)

    /// Runs a job of a tenant that is switched on and known here; puts it off otherwise.
    func guarded(
        _ job: Job, book: TenantBook, side: Side,
        _ body: (TenantSituation, TenantConnection) async throws -> JobResults
    ) async throws -> JobResults {
        guard let tenant = try await book.situation(job.tenant) else {
            return JobResults(outcomes: [job.id: .cancelled("there is no tenant \(job.tenant)")])
        }
        guard let connection = usable(tenant) else { return JobResults(outcomes: [job.id: Self.putOff()]) }
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

    /// The tenant's connection, if it is switched on and this instance is configured for it.
    func usable(_ tenant: TenantSituation) -> TenantConnection? {
        guard tenant.isEnabled else {
            readiness.set("tenant \(tenant.name)", .ready, "switched off")
            return nil
        }
        guard let connection = tenant.connection else { return nil }
        readiness.set("tenant \(tenant.name)", .ready)
        return connection
    }

    /// The job rests; that does not count as an attempt.
    static func putOff() -> JobOutcome { .snooze(until: Date().addingTimeInterval(Double(rest.components.seconds))) }

    func well(_ tenant: String, _ side: Side) { readiness.set(Self.check(tenant, side), .ready) }

    func failed(_ tenant: String, _ error: EnreachError) -> JobOutcome {
        readiness.set(Self.check(tenant, .enreach), .degraded, error.description)
        logger.warning("Enreach failed", metadata: ["tenant": "\(tenant)", "reason": "\(error)"])
        let detail = error.bodyStart.flatMap { try? JSONB(encoding: ["body_start": $0]) }
        let failure = JobFailure(
            code: "enreach_\(error.code)", message: error.message, detail: detail, countsAttempt: error.code == .malformed)
        return .retry(after: error.retryAfter ?? (error.isTransient ? nil : Self.rest), failure)
    }

    func failed(_ tenant: String, _ error: DynamicsError) -> JobOutcome {
        readiness.set(Self.check(tenant, .dynamics), .degraded, error.operatorText)
        logger.warning("Dynamics failed", metadata: ["tenant": "\(tenant)", "reason": "\(error)"])
        let failure = JobFailure(
            code: "dynamics_\(error.code)", message: error.operatorText, countsAttempt: error.code == .malformed)
        return .retry(after: error.retryAfter ?? (error.isTransient ? nil : Self.rest), failure)
    }

    /// A batch came back with a failure that concerns the environment, not a record.
    func ill(_ tenant: String, _ fault: DynamicsFault, _ text: String) {
        readiness.set(Self.check(tenant, .dynamics), .degraded, "\(text) (\(fault))")
    }

    static func check(_ tenant: String, _ side: Side) -> String { "tenant \(tenant): \(side.rawValue)" }
}
