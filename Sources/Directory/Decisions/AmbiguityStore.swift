package import FoundationEssentials
package import Postgres

/// The list of numbers whose calls could be linked to nobody, by traffic.
package enum AmbiguityStore {
    /// Numbers are locked in their order.
    static let note = Statement(
        "directory_ambiguity_note",
        """
        INSERT INTO hub.directory_ambiguity AS a (tenant_id, number, calls, candidates, first_at, last_at)
        SELECT $1, number, count(*), max(candidates), min(at), max(at)
        FROM unnest($2::text[], $3::integer[], $4::timestamptz[]) AS g (number, candidates, at)
        GROUP BY number ORDER BY number
        ON CONFLICT (tenant_id, number) DO UPDATE SET
            calls = a.calls + excluded.calls, candidates = excluded.candidates,
            first_at = least(a.first_at, excluded.first_at), last_at = greatest(a.last_at, excluded.last_at)
        """)

    static let clear = Statement(
        "directory_ambiguity_clear", "DELETE FROM hub.directory_ambiguity WHERE tenant_id = $1 AND number = ANY ($2)")

    package static let statements = [note, clear]

    /// One call more for each: its number, how many came into question, when the call was.
    package static func note(_ calls: [(number: String, candidates: Int, at: Date)], tenant: Int32) -> Request {
        Request(note, [tenant, calls.map(\.number), calls.map { Int32($0.candidates) }, calls.map(\.at)])
    }

    /// The numbers belong to somebody now.
    package static func clear(_ numbers: [String], tenant: Int32) -> Request { Request(clear, [tenant, numbers]) }
}
