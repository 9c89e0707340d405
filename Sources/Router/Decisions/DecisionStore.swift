import Foundation
import Postgres

/// Decisions in the database.
enum DecisionStore {
    static let statements = [makePartitions, dropPartitions, gatherAgents, gatherCallbacks, gatherRivals]

    private static let columns = [
        "tenant_id", "at", "seq", "instance_id", "call_id", "anum", "bnum", "target_id", "masked", "outcome", "reason", "rule",
        "initial_target", "fail_target", "extra_priority", "took_us", "rule_version", "directory_version", "question", "trace",
    ]

    static func write(_ rows: [DecisionRow], instance: UUID, on connection: Connection) async throws {
        try await connection.copyIn(into: "hub.route_decision", columns: columns) { writer in
            for row in rows {
                try await writer.row(
                    row.tenant, row.at, row.number, instance, row.callID, row.anum, row.bnum, row.targetID, row.masked,
                    row.outcome,
                    row.reason, row.rule, row.initial, row.fail, row.priority, row.took, row.ruleVersion, row.directoryVersion,
                    row.question,
                    row.trace)
            }
        }
    }

    static func makePartitions(on database: Database) async throws { try await database.execute(makePartitions) }

    static func dropPartitions(keepingDays days: Int32, on database: Database) async throws {
        try await database.execute(dropPartitions, [days])
    }

    /// Who talked to each caller last.
    static func gatherAgents(tenant: Int32, since minutes: Int32, on database: Database) async throws {
        try await database.execute(gatherAgents, [tenant, minutes])
    }

    /// Who waits to be called back.
    static func gatherCallbacks(tenant: Int32, on database: Database) async throws {
        try await database.execute(gatherCallbacks, [tenant])
    }

    /// Numbers of several records, one of which was spoken with lately.
    static func gatherRivals(tenant: Int32, since minutes: Int32, on database: Database) async throws {
        try await database.execute(gatherRivals, [tenant, minutes])
    }

    static let makePartitions = Statement("route.decision.make_partitions", "SELECT hub.make_route_partitions()")

    static let dropPartitions = Statement(
        "route.decision.drop_partitions", "SELECT hub.drop_route_partitions(make_interval(days => $1))")

    static let gatherAgents = Statement(
        "route.decision.gather_agents", "SELECT hub.gather_route_agents($1, make_interval(mins => $2))")

    static let gatherCallbacks = Statement("route.decision.gather_callbacks", "SELECT hub.gather_route_callbacks($1)")

    static let gatherRivals = Statement(
        "route.decision.gather_rivals", "SELECT hub.gather_route_rivals($1, make_interval(mins => $2))")
}
