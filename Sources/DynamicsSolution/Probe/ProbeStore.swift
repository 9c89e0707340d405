package import Postgres

/// Where the answers of an environment are kept for the programs.
package enum ProbeStore {
    /// All of a tenant's answers, replaced; answers whether any changed.
    package static let replace = Statement(
        "dynamics_probe_replace",
        """
        WITH given AS (
            SELECT * FROM unnest($2::text[], $3::text[]) AS g (question, answer)
        ), gone AS (
            DELETE FROM hub.dynamics_probe p
            WHERE p.tenant_id = $1 AND NOT EXISTS (SELECT FROM given g WHERE g.question = p.question)
            RETURNING 1
        ), put AS (
            INSERT INTO hub.dynamics_probe AS p (tenant_id, question, answer)
            SELECT $1, question, answer FROM given
            ON CONFLICT (tenant_id, question) DO UPDATE SET
                answer = excluded.answer, asked_at = now(),
                changed_at = CASE WHEN p.answer = excluded.answer THEN p.changed_at ELSE now() END
            RETURNING changed_at = now() AS changed
        )
        SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM put WHERE changed)
        """)
    package static let read = Statement(
        "dynamics_probe_read", "SELECT question, answer FROM hub.dynamics_probe WHERE tenant_id = $1 ORDER BY question")
    package static let statements = [replace, read]

    package static func read(_ database: Database, tenant: Int32) async throws -> DynamicsProbes {
        let rows = try await database.query(read, [tenant]).map { try $0.decode(String.self, String.self) }
        return DynamicsProbes(Dictionary(uniqueKeysWithValues: rows))
    }

    package static func replace(_ probes: DynamicsProbes, tenant: Int32, on connection: Connection) async throws {
        let answers = probes.answers.sorted { $0.key < $1.key }
        _ = try await connection.query(replace, [tenant, answers.map(\.key), answers.map(\.value)])
    }
}
