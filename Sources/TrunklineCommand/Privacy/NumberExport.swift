import CallSync
import Foundation
import Operations
import Postgres
import Privacy

/// Gathers what the hub holds about a number: the rows that hold it, and those that tell of them.
struct NumberExport: Sendable {
    /// A row, and why it belongs to the number.
    struct Part: Sendable, Hashable {
        let table: String
        let why: String
        /// As JSON.
        let row: String
    }

    let database: Database
    let tenant: Tenant
    let number: ErasableNumber
    /// Nil: erasures of the number can't be told.
    let key: PrivacyKey?

    static let statements = [stories, entries, events, jobs, erasures]

    static let stories = Statement(
        "command.export.stories",
        "SELECT to_jsonb(t)::text FROM hub.timeline t WHERE t.tenant_id = $1 AND t.subject_id = ANY ($2) ORDER BY t.at, t.seq")

    static let entries = Statement(
        "command.export.entries",
        "SELECT to_jsonb(e)::text FROM hub.directory_entry e WHERE e.tenant_id = $1 AND e.entry_id = ANY ($2)")

    static let events = Statement(
        "command.export.events",
        "SELECT to_jsonb(e)::text FROM hub.webhook_event e WHERE e.tenant_id = $1 AND e.subject_id = ANY ($2)")

    /// Jobs are told by their key: a call's own id.
    static let jobs = Statement(
        "command.export.jobs", "SELECT to_jsonb(j)::text FROM hub.jobs j WHERE j.tenant_id = $1 AND j.key = ANY ($2::text[])")

    static let erasures = Statement(
        "command.export.erasures",
        "SELECT (to_jsonb(e) - 'receipt' - 'signature')::text FROM hub.erasure e WHERE e.tenant_id = $1 AND encode(e.number_digest, 'hex') = $2"
    )

    func parts() async throws -> [Part] {
        let lines = ErasureStore(database: database, tenant: tenant, number: number).lines()
        let finder = NumberFinder(database: database, tenant: tenant, number: number, tokens: lines.map(\.key))
        var parts: [Part] = []
        for place in try await finder.places() {
            parts += try await finder.rows(in: place).map { Part(table: place.table, why: "holds the number", row: $0) }
        }
        let subjects = ids("call_id", of: "call", in: parts) + ids("callback_id", of: "callback", in: parts)
        let known = Set(parts.map(\.row))
        func add(_ statement: Statement, _ second: any PostgresEncodable, _ table: String, _ why: String) async throws {
            for row in try await database.query(statement, [tenant.id, second]) {
                let text = try row[0].decode(String.self)
                if !known.contains(text) { parts.append(Part(table: table, why: why, row: text)) }
            }
        }
        try await add(Self.entries, ids("entry_id", of: "directory_number", in: parts), "directory_entry", "carries the number")
        try await add(Self.stories, subjects, "timeline", "the story of such a call or request")
        try await add(Self.events, subjects, "webhook_event", "told of such a call or request")
        try await add(Self.jobs, subjects.map { $0.uuidString.lowercased() }, "jobs", "did something for such a call")
        if let key {
            let digest = number.digests(key, tenant: tenant.name)[0].hexadecimal
            try await add(Self.erasures, digest, "erasure", "erased the number")
        }
        return parts
    }

    private func ids(_ member: String, of table: String, in parts: [Part]) -> [UUID] {
        parts.filter { $0.table == table }.compactMap { part in
            guard let row = try? JSONSerialization.jsonObject(with: Data(part.row.utf8)) as? [String: Any] else { return nil }
            return (row[member] as? String).flatMap(UUID.init(uuidString:))
        }
    }

    func document(_ parts: [Part], who: String, at: Date) -> String {
        JSONOutput.write(
            .object([
                "format": .text("trunkline-number-export/1"), "tenant": .text(tenant.name), "number": .text(number.e164),
                "made_at": .time(at), "made_by": .text(who),
                "parts": .list(
                    parts.map { .object(["table": .text("hub.\($0.table)"), "why": .text($0.why), "row": .json($0.row)]) }),
            ]))
    }

    /// A line for each field of each row.
    static func table(_ parts: [Part]) throws -> Table {
        var table = Table("part", "table", "why", "field", "value")
        for (index, part) in parts.enumerated() {
            guard let row = try JSONSerialization.jsonObject(with: Data(part.row.utf8)) as? [String: Any] else { continue }
            for (field, value) in row.sorted(by: { $0.key < $1.key }) where !(value is NSNull) {
                table.append(.integer(index + 1), .text("hub.\(part.table)"), .text(part.why), .text(field), cell(value))
            }
        }
        return table
    }

    private static func cell(_ value: Any) -> OutputValue {
        if let text = value as? String { return .text(text) }
        let data = (try? JSONSerialization.data(withJSONObject: value, options: [.fragmentsAllowed, .sortedKeys])) ?? Data()
        return .json(String(decoding: data, as: UTF8.self))
    }
}
