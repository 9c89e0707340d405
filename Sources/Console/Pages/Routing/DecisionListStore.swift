import Foundation
import Operations
import Postgres

/// Reads the newest decisions of the routers, by the key of their table.
struct DecisionListStore: Sendable {
    let database: Database

    static let statements = [newest]

    struct Row: Sendable {
        let at: Date
        let caller: String
        let called: String
        let outcome: String
        let reason: String
        let rule: String?
        let target: String?
        let tookMicroseconds: Int32
        let ruleVersion: Int32?
        /// How the caller was found, then a line for each rule that was tried.
        let trace: [String]
        let key: DecisionKey
    }

    func newest(tenant: Int32, after: DecisionKey?, limit: Int) async throws -> [Row] {
        try await database.query(Self.newest, [tenant, after?.page.micros, after?.page.id, Int32(limit), after?.number]).map {
            row in
            let (at, caller, called, outcome, reason, rule, target, took, version, trace, micros, instance, number) =
                try row.decode(
                    Date.self, String.self, String.self, String.self, String.self, String?.self, String?.self, Int32.self,
                    Int32?.self,
                    [String].self, Int64.self, UUID.self, Int64.self)
            return Row(
                at: at, caller: caller, called: called, outcome: outcome, reason: reason, rule: rule, target: target,
                tookMicroseconds: took,
                ruleVersion: version, trace: trace, key: DecisionKey(page: PageKey(micros: micros, id: instance), number: number))
        }
    }

    static let newest = Statement(
        "console.route.decisions",
        """
        SELECT d.at, d.anum, d.bnum, d.outcome, d.reason, d.rule, d.initial_target, d.took_us, d.rule_version,
               ARRAY(SELECT jsonb_array_elements_text(d.trace)), (extract(epoch FROM d.at) * 1000000)::bigint, d.instance_id, d.seq
        FROM hub.route_decision d
        WHERE d.tenant_id = $1
          AND ($2::bigint IS NULL OR (d.at, d.instance_id, d.seq)
               < ('epoch'::timestamptz + $2::bigint * interval '1 microsecond', $3::uuid, $5::bigint))
        ORDER BY d.at DESC, d.instance_id DESC, d.seq DESC
        LIMIT $4
        """)
}

/// Where a page of decisions ends: an instance may make several in the same millisecond.
struct DecisionKey: Sendable {
    let page: PageKey
    /// Counted by the instance.
    let number: Int64

    init(page: PageKey, number: Int64) { (self.page, self.number) = (page, number) }

    init?(_ text: String?) {
        guard let text, let end = text.lastIndex(of: "~"), let number = Int64(text[text.index(after: end)...]),
            let page = PageKey(String(text[..<end]))
        else { return nil }
        self.init(page: page, number: number)
    }

    var text: String { "\(page.text)~\(number)" }
}
