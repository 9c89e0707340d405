import Foundation
import Postgres

/// What pages are asked about, taken from the generated hub: the tenant with the most calls, its newest full day, numbers that call often.
struct Examples: Sendable {
    var tenant = ""
    var smallTenant = ""
    var day = ""
    var call = ""
    var deadCall = ""
    /// The other party's that called most on that day.
    var number = ""
    /// The organisation's own, of a call of that day.
    var ownNumber = ""
    var person = ""
    var callbackDay = ""
    var callback = ""
    var callbackNumber = ""
    var finishedJob = ""
    var jobKey = ""
    var deadJob = ""
    var errorCode = ""
    /// What errors like that of the newest dead job have in common.
    var errorMark = ""
    var readyJob = ""
    var rareKind = ""
    var ambiguousNumber = ""
    /// One that an entry of the directory carries, and that entry: `contact/…id…`.
    var carriedNumber = ""
    var carrier = ""
    var decidedNumber = ""
    var rules = ""
    var auditWho = ""
    var auditAction = ""

    /// - Throws: `BenchError` when the hub has none of something.
    static func read(from database: Database) async throws -> Examples {
        var examples = Examples()
        for (path, sql) in questions {
            let parameters: [any PostgresEncodable] = sql.contains("$1") ? [examples.tenant] : []
            guard let row = try await database.query(Statement("", sql), parameters).first,
                let value = try row[0].decode(String?.self)
            else { throw BenchError("the generated hub has no answer to \(sql): generate it anew") }
            examples[keyPath: path] = value
        }
        return examples
    }

    private typealias Question = (path: any WritableKeyPath<Examples, String> & Sendable, sql: String)

    /// In the order in which they are asked: the tenant first, which is `$1` afterwards.
    private static let questions: [Question] = [
        (\.tenant, tenants("DESC")), (\.smallTenant, tenants("ASC")), (\.day, fullDay),
        (\.call, call("call_id", "state = 'written' AND other_number IS NOT NULL")),
        (\.deadCall, call("call_id", "state = 'dead'")),
        (\.number, most("other_number", "hub.call", "call_day = (\(fullDay))::date")),
        (\.ownNumber, call("own_number", "own_number IS NOT NULL")), (\.person, call("user_name", "user_name IS NOT NULL")),
        (\.callbackDay, one("max(callback_day) - 1", "hub.callback", "true")),
        (\.callbackNumber, most("number", "hub.callback")),
        (\.callback, one("callback_id", "hub.callback", "state = 'written' ORDER BY first_seen_at DESC")),
        (\.finishedJob, finishedJob("id")), (\.jobKey, finishedJob("key")),
        (\.deadJob, "SELECT max(id)::text FROM hub.job_dead"), (\.readyJob, "SELECT max(id)::text FROM hub.job_ready"),
        (\.errorMark, errorMark), (\.errorCode, least("error ->> 'code'")), (\.rareKind, least("k.name")),
        (\.ambiguousNumber, one("number", "hub.directory_ambiguity", "true ORDER BY calls DESC")),
        (\.carriedNumber, carried("n.number")), (\.carrier, carried("e.entry_table || '/' || e.entry_id")),
        (\.decidedNumber, one("number", "hub.directory_decision", "true ORDER BY number")),
        (\.rules, one("version", "hub.route_rule_set", "true ORDER BY version DESC")),
        (\.auditWho, "SELECT max(who) FROM hub.operator_action"), (\.auditAction, "SELECT max(action) FROM hub.operator_action"),
    ]

    private static let ofTenant = "tenant_id = (SELECT t.tenant_id FROM hub.tenant t WHERE t.name = $1)"

    /// The newest that is over.
    private static let fullDay = "SELECT (max(call_day) - 1)::text FROM hub.call_tally WHERE \(ofTenant)"

    private static func tenants(_ order: String) -> String {
        "SELECT t.name FROM hub.call_tally JOIN hub.tenant t USING (tenant_id) GROUP BY 1 ORDER BY sum(calls) \(order) LIMIT 1"
    }

    /// - Parameter rest: further conditions and the order.
    private static func one(_ column: String, _ table: String, _ rest: String) -> String {
        "SELECT (\(column))::text FROM \(table) WHERE \(ofTenant) AND \(rest) LIMIT 1"
    }

    /// Of the full day.
    private static func call(_ column: String, _ condition: String) -> String {
        one(column, "hub.call", "call_day = (\(fullDay))::date AND \(condition) ORDER BY started_at DESC")
    }

    /// What most rows of the tenant have there.
    private static func most(_ column: String, _ table: String, _ condition: String = "true") -> String {
        one(column, table, "\(condition) AND \(column) IS NOT NULL GROUP BY \(column) ORDER BY count(*) DESC")
    }

    /// What the fewest dead jobs have there.
    private static func least(_ column: String) -> String {
        "SELECT \(column) FROM hub.job_dead JOIN hub.job_kind k USING (kind_id) GROUP BY 1 ORDER BY count(*), 1 LIMIT 1"
    }

    private static let errorMark = "SELECT error_group FROM hub.job_dead ORDER BY id DESC LIMIT 1"

    private static func finishedJob(_ column: String) -> String {
        "SELECT \(column)::text FROM hub.job_done WHERE key IS NOT NULL ORDER BY finished_at DESC LIMIT 1"
    }

    private static func carried(_ column: String) -> String {
        """
        SELECT \(column) FROM hub.directory_number n JOIN hub.directory_entry e USING (tenant_id, entry_id)
        WHERE n.\(ofTenant) ORDER BY n.number LIMIT 1
        """
    }
}
