import ArgumentParser
import Foundation
import Operations
import Postgres
import Routing

struct RouteReplay: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Decide kept decisions again under other rules and show the differences. Nothing is written.",
        discussion:
            "Left out, and counted by reason, are answers that were given without asking the rules, and decisions about callers whose numbers were erased since."
    )

    @Option(name: .long, help: ArgumentHelp("From this time.", valueName: "time")) var from: PointInTime
    @Option(name: .long, help: ArgumentHelp("Up to this time; without it, now.", valueName: "time")) var to: PointInTime?
    @Option(name: .long, help: ArgumentHelp("The document; without it, the rules in force.", valueName: "file")) var rules:
        String?
    @Option(name: .long, help: "Show at most so many differences.") var limit = 50
    @OptionGroup var tenant: TenantOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run(in session: Session) async throws {
        let tenant = try await TenantStore(database: session.database).named(tenant.tenant)
        let program = try await session.ruleProgram(file: rules, tenant: tenant)
        var summary = ReplaySummary()
        var table = Table("at", "anum", "bnum", "kept_rule", "kept", "new_rule", "new")
        let store = KeptDecisionStore(database: session.database)
        let (from, to) = (from.date, to?.date ?? Date())
        let leftOut = try await store.leftOut(tenant: tenant.id, from: from, to: to)
        try await store.forEach(tenant: tenant.id, from: from, to: to) { kept in
            let story = program.explain(kept.call, kept.facts)
            let target = story.decision.target
            summary.replayed += 1
            guard target != kept.target else { return }
            summary.different += 1
            if summary.different <= limit {
                table.append(
                    .time(kept.at), .text(kept.call.anum), .text(kept.call.bnum), .text(kept.rule), .text(kept.target),
                    .text(story.lines.last { $0.fits }?.rule), .text(target))
            }
        }
        if output.format == .table {
            if summary.different > 0 { output.print(table, none: "") }
            let reasons = leftOut.map { "\($0.count) \($0.reason)" }.joined(separator: ", ")
            Terminal.print(
                "\(summary.replayed) decisions replayed, \(summary.different) different, \(summary.replayed - summary.different) the same\(reasons.isEmpty ? "" : "; left out: \(reasons)")"
            )
        } else {
            Terminal.print(
                JSONOutput.write(
                    .object([
                        "replayed": .whole(summary.replayed), "different": .whole(summary.different), "differences": table.json,
                        "left_out": .object(leftOut.map { OutputValue.Member(name: $0.reason, value: .whole($0.count)) }),
                    ])))
        }
    }

    private struct ReplaySummary {
        var replayed = 0
        var different = 0
    }
}

extension RouteDecision {
    /// Where a call goes, in a few words that say all of the answer.
    var target: String {
        switch outcome {
        case .route(let number, let fail, let priority): Self.target(number.text, fail?.text, priority)
        case .disconnect: "disconnect"
        case .standard: "stays"
        }
    }

    static func target(_ number: String, _ fail: String?, _ priority: Int?) -> String {
        number + (fail.map { ", overflow \($0)" } ?? "") + (priority.map { ", priority \($0)" } ?? "")
    }
}

/// Decisions as they were kept.
struct KeptDecisionStore: Sendable {
    let database: Database

    static let statements = [page, leftOut]

    struct Kept: Sendable {
        var at: Date
        var call: RouteCall
        var facts: CallerFacts
        var rule: String?
        var target: String
    }

    /// In the order of their times, but for those that are left out.
    func forEach(tenant: Int32, from: Date, to: Date, _ body: (Kept) throws -> Void) async throws {
        var after: (Date, UUID, Int64) = (from, UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)), -1)
        while true {
            let rows = try await database.query(Self.page, [tenant, after.0, after.1, after.2, to])
            for row in rows {
                let (at, instance, seq, callID, anum, bnum, targetID, rule, outcome, initial, fail, priority, question) =
                    try row.decode(
                        Date.self, UUID.self, Int64.self, String?.self, String.self, String.self, String?.self, String?.self,
                        String.self, String?.self, String?.self, Int32?.self, JSONB.self)
                after = (at, instance, seq)
                let kept = try question.decode(KeptQuestion.self)
                let target =
                    outcome == "route"
                    ? RouteDecision.target(initial ?? "", fail, priority.map(Int.init))
                    : outcome == "disconnect" ? outcome : "stays"
                try body(
                    Kept(
                        at: at, call: kept.call(anum: anum, bnum: bnum, targetID: targetID, callID: callID), facts: kept.facts,
                        rule: rule,
                        target: target))
            }
            if rows.count < 5000 { return }
        }
    }

    /// How many there are that can't be made again, by reason: those that were made without asking the rules, and `erased` ones, whose callers are
    /// forgotten.
    func leftOut(tenant: Int32, from: Date, to: Date) async throws -> [(reason: String, count: Int)] {
        try await database.query(Self.leftOut, [tenant, from, to]).map { row in
            let (reason, count) = try row.decode(String.self, Int64.self)
            return (reason, Int(count))
        }
    }

    static let page = Statement(
        "command.route.decisions",
        """
        SELECT at, instance_id, seq, call_id, anum, bnum, target_id, rule, outcome, initial_target, fail_target, extra_priority, question
        FROM hub.route_decision
        WHERE tenant_id = $1 AND (at, instance_id, seq) > ($2, $3, $4) AND at >= $2 AND at < $5
          AND reason IN ('rule', 'no_rule', 'same_number', 'arrived') AND NOT (masked AND NOT question ? 'lists')
        ORDER BY at, instance_id, seq
        LIMIT 5000
        """)

    // Who is only masked still stands on lists, if on none.
    static let leftOut = Statement(
        "command.route.decisions_left_out",
        """
        SELECT CASE WHEN masked AND NOT question ? 'lists' THEN 'erased' ELSE reason END AS why, count(*)
        FROM hub.route_decision
        WHERE tenant_id = $1 AND at >= $2 AND at < $3
          AND (reason NOT IN ('rule', 'no_rule', 'same_number', 'arrived') OR masked AND NOT question ? 'lists')
        GROUP BY why
        ORDER BY why
        """)
}
