import ArgumentParser
import Foundation
import Operations
import Postgres
import Routing

struct RouteReplay: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Decide kept decisions again under other rules and show the differences. Nothing is written.")

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
        try await KeptDecisionStore(database: session.database).forEach(
            tenant: tenant.id, from: from.date, to: to?.date ?? Date()
        ) { kept in
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
            Terminal.print(
                "\(summary.replayed) decisions replayed, \(summary.different) different, \(summary.replayed - summary.different) the same"
            )
        } else {
            Terminal.print(
                JSONOutput.write(
                    .object([
                        "replayed": .whole(summary.replayed), "different": .whole(summary.different), "differences": table.json,
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

    static let statements = [page]

    struct Kept: Sendable {
        var at: Date
        var call: RouteCall
        var facts: CallerFacts
        var rule: String?
        var target: String
    }

    /// In the order of their times. Those that were made without asking the rules are left out.
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

    static let page = Statement(
        "command.route.decisions",
        """
        SELECT at, instance_id, seq, call_id, anum, bnum, target_id, rule, outcome, initial_target, fail_target, extra_priority, question
        FROM hub.route_decision
        WHERE tenant_id = $1 AND (at, instance_id, seq) > ($2, $3, $4) AND at >= $2 AND at < $5
          AND reason IN ('rule', 'no_rule', 'same_number', 'arrived')
        ORDER BY at, instance_id, seq
        LIMIT 5000
        """)
}
