import FoundationEssentials
import Model
import Postgres

/// What the hub knows of people's matches.
enum MatchStore {
    static let choices = Statement(
        "people_choices", "SELECT system_user_id, enreach_user_id FROM hub.person_choice WHERE tenant_id = $1")

    /// What stood before: for the story, and for what is the hub's own.
    static let known = Statement(
        "people_known",
        "SELECT system_user_id, match_reason, enreach_user_id, written_id FROM hub.person WHERE tenant_id = $1")

    static let enreachCount = Statement(
        "people_enreach_count", "SELECT count(*) FROM hub.enreach_user WHERE tenant_id = $1 AND gone_at IS NULL")

    static let noteMatches = Statement(
        "people_matches_note",
        """
        UPDATE hub.person p SET
            enreach_email = g.enreach_email, match_state = g.state, match_reason = g.reason,
            candidates = string_to_array(g.candidates, ',')::uuid[], written_id = g.written_id, write_error = g.write_error,
            matched_at = CASE WHEN p.match_reason IS NOT DISTINCT FROM g.reason THEN p.matched_at ELSE now() END
        FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::uuid[], $8::text[])
            AS g (system_user_id, enreach_email, state, reason, candidates, written_id, write_error)
        WHERE p.tenant_id = $1 AND p.system_user_id = g.system_user_id
          AND (p.enreach_email, p.match_state, p.match_reason, p.candidates, p.written_id, p.write_error)
              IS DISTINCT FROM (g.enreach_email, g.state, g.reason, string_to_array(g.candidates, ',')::uuid[], g.written_id,
                  g.write_error)
        """)

    static let noteCounterparts = Statement(
        "people_counterparts_note",
        """
        WITH given AS (
            SELECT * FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::uuid[])
                AS g (enreach_user_id, full_name, email, match_state, match_reason, system_user_id)
        ), gone AS (
            UPDATE hub.enreach_user e SET
                gone_at = now(), match_state = 'unmatched', match_reason = 'gone', system_user_id = NULL, changed_at = now()
            WHERE e.tenant_id = $1 AND e.gone_at IS NULL AND $8
              AND NOT EXISTS (SELECT FROM given g WHERE g.enreach_user_id = e.enreach_user_id)
        )
        INSERT INTO hub.enreach_user AS e (
            tenant_id, enreach_user_id, full_name, email, match_state, match_reason, system_user_id)
        SELECT $1, * FROM given
        ON CONFLICT (tenant_id, enreach_user_id) DO UPDATE SET
            full_name = excluded.full_name, email = excluded.email, match_state = excluded.match_state,
            match_reason = excluded.match_reason, system_user_id = excluded.system_user_id, gone_at = NULL, changed_at = now()
        WHERE (e.full_name, e.email, e.match_state, e.match_reason, e.system_user_id, e.gone_at)
            IS DISTINCT FROM (excluded.full_name, excluded.email, excluded.match_state, excluded.match_reason,
                excluded.system_user_id, NULL)
        """)

    static let noteTime = Statement(
        "people_matched_note", "UPDATE hub.tenant SET people_matched_at = now() WHERE tenant_id = $1")

    static let statements = [choices, known, enreachCount, noteMatches, noteCounterparts, noteTime]
}
