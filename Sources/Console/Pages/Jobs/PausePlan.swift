import Foundation
import Jobs
import Operations
import Postgres

/// Holding jobs, and letting them go.
enum PausePlan {
    static func pause(_ request: ConsoleRequest) async throws -> ActionPlan {
        let (kind, tenant) = (request.query["kind"], request.query["tenant"])
        let scope = try await JobScope(kind: kind, tenant: tenant, on: request.database)
        let count = try await waiting(kind, tenant, request)
        let acting = request.acting
        let who = request.who.name
        var plan = ActionPlan(
            "Pause \(scope.words)", button: "Pause \(count.of("job"))",
            explanation: [
                "No worker takes up jobs of \(scope.words) until somebody resumes them. What runs now runs on; nothing is lost. Everybody sees the reason.",
                "At the moment that holds \(count.of("job")); those that come later wait, too.",
            ], count: count, counted: "jobs", back: "/jobs"
        ) { reason in
            try await JobAdmin(database: acting).pause(kind: kind, tenant: scope.tenantID, reason: reason, by: who) {
                connection in
                try await JobsAudit.record("jobs.pause", scope, note: reason, who: who, on: connection)
            }
            return ActionOutcome("\(scope.words.capitalizedFirst) is paused.")
        }
        plan.allowsNone = true
        plan.isHarmful = true
        return plan
    }

    static func resume(_ request: ConsoleRequest) async throws -> ActionPlan {
        let (kind, tenant) = (request.query["kind"], request.query["tenant"])
        let scope = try await JobScope(kind: kind, tenant: tenant, on: request.database)
        guard
            let pause = try await JobAdmin(database: request.database).pauses().first(where: {
                $0.kind == kind && $0.tenant == scope.tenantID
            })
        else { throw OperatorError.failed("\(scope.words) is not paused.") }
        let count = try await held(kind, tenant, request)
        let acting = request.acting
        let who = request.who.name
        var plan = ActionPlan(
            "Resume \(scope.words)", button: "Resume \(count.of("held job"))",
            explanation: [
                "Paused by \(pause.by) since \(PlainTime.seconds(pause.since))\(pause.reason.map { ": \($0)" } ?? "").",
                "\(count.of("held job")) become due at once, but for those that another pause holds.",
            ], count: count, counted: "held jobs", back: "/jobs"
        ) { reason in
            let freed = try await JobAdmin(database: acting).resume(kind: kind, tenant: scope.tenantID) { connection in
                try await JobsAudit.record("jobs.resume", scope, note: reason, who: who, on: connection)
            }
            guard freed != nil else { throw OperatorError.failed("\(scope.words) is not paused any more.") }
            return ActionOutcome("\(scope.words.capitalizedFirst) goes on.")
        }
        plan.allowsNone = true
        return plan
    }

    private static func waiting(_ kind: String?, _ tenant: String?, _ request: ConsoleRequest) async throws -> Count {
        let query = Query().setting("kind", kind).setting("tenant", tenant)
        return try await ConsoleJobFilter(query).count(request, states: ["ready", "scheduled", "retry", "snoozed", "waiting"])
    }

    private static func held(_ kind: String?, _ tenant: String?, _ request: ConsoleRequest) async throws -> Count {
        let query = Query().setting("kind", kind).setting("tenant", tenant)
        return try await ConsoleJobFilter(query).count(request, states: ["held"])
    }
}

extension String {
    var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
