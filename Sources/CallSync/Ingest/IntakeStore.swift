import FoundationEssentials
import Model
import Postgres

/// Calls as they come in.
enum IntakeStore {
    /// Which of the calls are known, and under which content.
    static let known = Statement(
        "intake_known", "SELECT call_id, content_hash FROM hub.call WHERE tenant_id = $1 AND call_id = ANY ($2)")

    /// Calls that have something new, locked in the order in which everybody locks calls.
    static let lock = Statement(
        "intake_lock",
        """
        SELECT call_id, state, reason, privacy, content_hash, legs, erased_at IS NOT NULL
        FROM hub.call WHERE tenant_id = $1 AND call_id = ANY ($2)
        ORDER BY call_id FOR NO KEY UPDATE
        """)

    /// New calls, counted for the daily balance in the same breath. Answers how many of them were new indeed.
    static let insert = Statement(
        "intake_insert",
        """
        WITH added AS (
            INSERT INTO hub.call (
                tenant_id, call_id, call_day, state, reason,
                privacy, direction, answered, internal, started_at, ended_at, talk_seconds,
                own_number, own_raw, other_number, other_raw, enreach_user_id, user_name, queue_id, queue_name,
                recording_ids, transcript_ids, oddities, legs, content_hash, modified_at,
                activity_id, error_code, error_text, backfill_id, setting_version, erased_at)
            SELECT $1, call_id, (start AT TIME ZONE 'UTC')::date, state, reason,
                privacy, direction, answered, internal, start, ended_at, talk_seconds,
                own_number, own_raw, other_number, other_raw, user_id, user_name, queue_id, queue_name,
                recordings::uuid[], transcripts::uuid[], oddities::text[], legs::jsonb, hash, modified_at,
                activity_id, error_code, error_text, $29, $30, CASE WHEN erased THEN now() END
            FROM (
                SELECT *, coalesce(started_at, modified_at, now()) AS start
                FROM unnest(
                    $2::uuid[], $3::text[], $4::text[],
                    $5::text[], $6::text[], $7::boolean[], $8::boolean[], $9::timestamptz[], $10::timestamptz[], $11::integer[],
                    $12::text[], $13::text[], $14::text[], $15::text[], $16::uuid[], $17::text[], $18::uuid[], $19::text[],
                    $20::text[], $21::text[], $22::text[], $23::text[], $24::bigint[], $25::timestamptz[],
                    $26::uuid[], $27::text[], $28::text[], $31::boolean[]
                ) AS r (
                    call_id, state, reason,
                    privacy, direction, answered, internal, started_at, ended_at, talk_seconds,
                    own_number, own_raw, other_number, other_raw, user_id, user_name, queue_id, queue_name,
                    recordings, transcripts, oddities, legs, hash, modified_at,
                    activity_id, error_code, error_text, erased)
            ) r
            ON CONFLICT (tenant_id, call_id) DO NOTHING
            RETURNING call_day
        ), counted AS (
            INSERT INTO hub.call_intake AS i (tenant_id, call_day, seen)
            SELECT $1, call_day, count(*) FROM added GROUP BY call_day ORDER BY call_day
            ON CONFLICT (tenant_id, call_day) DO UPDATE SET seen = i.seen + excluded.seen
        )
        SELECT count(*) FROM added
        """)

    /// Calls of which something new was said.
    static let update = Statement(
        "intake_update",
        """
        UPDATE hub.call c SET
            state = r.state, reason = r.reason,
            privacy = r.privacy, direction = r.direction, answered = r.answered, internal = r.internal,
            started_at = coalesce(r.started_at, c.started_at), ended_at = r.ended_at, talk_seconds = r.talk_seconds,
            own_number = r.own_number, own_raw = r.own_raw, other_number = r.other_number, other_raw = r.other_raw,
            enreach_user_id = r.user_id, user_name = r.user_name, queue_id = r.queue_id, queue_name = r.queue_name,
            recording_ids = r.recordings::uuid[], transcript_ids = r.transcripts::uuid[], oddities = r.oddities::text[],
            legs = r.legs::jsonb, content_hash = r.hash, content_version = c.content_version + 1,
            modified_at = r.modified_at, changed_at = now(), setting_version = $25,
            error_text = CASE WHEN r.privacy <> 'private' AND c.erased_at IS NULL THEN c.error_text END
        FROM unnest(
            $2::uuid[], $3::text[], $4::text[],
            $5::text[], $6::text[], $7::boolean[], $8::boolean[], $9::timestamptz[], $10::timestamptz[], $11::integer[],
            $12::text[], $13::text[], $14::text[], $15::text[], $16::uuid[], $17::text[], $18::uuid[], $19::text[],
            $20::text[], $21::text[], $22::text[], $23::text[], $24::bigint[], $26::timestamptz[]
        ) AS r (
            call_id, state, reason,
            privacy, direction, answered, internal, started_at, ended_at, talk_seconds,
            own_number, own_raw, other_number, other_raw, user_id, user_name, queue_id, queue_name,
            recordings, transcripts, oddities, legs, hash, modified_at)
        WHERE c.tenant_id = $1 AND c.call_id = r.call_id
        """)

    static let statements = [known, lock, insert, update]
}

extension IntakeStore {
    /// The request that stores new calls.
    static func insert(
        _ plans: [IntakePlan], tenant: Int32, tenantName: String, backfill: Int64?, settingVersion: Int32
    ) -> Request {
        Request(
            insert,
            columns(plans, tenant) + [
                plans.map { PhoneCallID.activity(tenant: tenantName, call: $0.id) },
                plans.map { $0.unreadable == nil ? nil : "malformed" } as [String?],
                plans.map(\.unreadable),
                backfill, settingVersion, plans.map(\.facts.isErased),
            ])
    }

    /// The request that stores what is new about known calls.
    static func update(_ plans: [IntakePlan], tenant: Int32, settingVersion: Int32) -> Request {
        var parameters = columns(plans, tenant)
        parameters.insert(settingVersion, at: 24)
        return Request(update, parameters)
    }

    /// The first parameters of both: the tenant, then one array a column, ending with the time of change.
    private static func columns(_ plans: [IntakePlan], _ tenant: Int32) -> [any PostgresEncodable] {
        [
            tenant,
            plans.map(\.id), plans.map(\.state.rawValue), plans.map(\.reason),
            plans.map(\.facts.privacy.rawValue), plans.map(\.facts.direction.rawValue), plans.map(\.facts.answered),
            plans.map(\.isInternal), plans.map(\.facts.startedAt), plans.map(\.facts.endedAt),
            plans.map { Int32(clamping: $0.facts.talkSeconds) },
            plans.map(\.facts.own.e164), plans.map { $0.facts.own.kept }, plans.map(\.facts.other.e164),
            plans.map { $0.facts.other.kept },
            plans.map(\.facts.userID), plans.map(\.facts.userName), plans.map(\.facts.queueID), plans.map(\.facts.queueName),
            plans.map { literal($0.facts.recordingIDs) }, plans.map { literal($0.facts.transcriptIDs) },
            plans.map { "{\($0.facts.oddities.map(\.rawValue).sorted().joined(separator: ","))}" },
            plans.map { String(decoding: $0.legs, as: UTF8.self) }, plans.map(\.hash), plans.map(\.facts.modifiedAt),
        ]
    }

    /// An array of arrays has no parameter of its own, so the inner ones travel as text.
    private static func literal(_ ids: [UUID]) -> String {
        ids.isEmpty ? "{}" : "{\(ids.map(\.lowercase).joined(separator: ","))}"
    }
}

extension PhoneNumber {
    /// As it is stored: nil for none.
    fileprivate var kept: String? { raw.isEmpty ? nil : raw }
}
