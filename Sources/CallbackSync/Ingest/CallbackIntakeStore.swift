import FoundationEssentials
import Model
import Postgres

/// Requests as they come in.
enum CallbackIntakeStore {
    /// Which of them are known, under which content, and by which ways.
    static let known = Statement(
        "callback_known",
        """
        SELECT callback_id, content_hash, state, reason, modified_at, polled_at IS NULL, told_at IS NULL, erased_at IS NOT NULL
        FROM hub.callback WHERE tenant_id = $1 AND callback_id = ANY ($2)
        """)

    static let lock = Statement(
        "callback_lock",
        """
        SELECT callback_id, content_hash, state, reason, modified_at, erased_at IS NOT NULL FROM hub.callback
        WHERE tenant_id = $1 AND callback_id = ANY ($2) ORDER BY callback_id FOR NO KEY UPDATE
        """)

    /// New requests, counted for the balance in the same breath. Answers how many of them were new indeed.
    static let insert = Statement(
        "callback_insert",
        """
        WITH added AS (
            INSERT INTO hub.callback (
                tenant_id, callback_id, callback_day, state, reason, list_id, list_name, number, number_raw, called_number, call_id,
                queue_name, requested_at, due_at, expires_at, note, recording_ids, enreach_state, enreach_result, modified_at,
                content_hash, activity_id, polled_at, told_at, closed_at, setting_version, erased_at)
            SELECT $1, callback_id, (requested_at AT TIME ZONE 'UTC')::date, state, reason, list_id, list_name, number, number_raw,
                called_number, call_id, queue_name, requested_at, due_at, expires_at, note, recordings::uuid[], stage, result,
                modified_at, hash, activity_id, CASE WHEN $2 THEN now() END, told_at,
                CASE WHEN stage = 'closed' THEN now() END, $4, CASE WHEN erased THEN now() END
            FROM unnest(
                $3::timestamptz[], $5::uuid[], $6::text[], $7::text[], $8::uuid[], $9::text[], $10::text[], $11::text[], $12::text[], $13::uuid[],
                $14::text[], $15::timestamptz[], $16::timestamptz[], $17::timestamptz[], $18::text[], $19::text[], $20::text[],
                $21::text[], $22::timestamptz[], $23::bigint[], $24::uuid[], $25::boolean[]
            ) AS r (
                told_at, callback_id, state, reason, list_id, list_name, number, number_raw, called_number, call_id, queue_name,
                requested_at, due_at, expires_at, note, recordings, stage, result, modified_at, hash, activity_id, erased)
            ON CONFLICT (tenant_id, callback_id) DO NOTHING
            RETURNING callback_day
        ), counted AS (
            INSERT INTO hub.callback_intake AS i (tenant_id, callback_day, seen)
            SELECT $1, callback_day, count(*) FROM added GROUP BY callback_day ORDER BY callback_day
            ON CONFLICT (tenant_id, callback_day) DO UPDATE SET seen = i.seen + excluded.seen
        )
        SELECT count(*) FROM added
        """)

    /// Requests of which something new was said.
    static let update = Statement(
        "callback_update",
        """
        UPDATE hub.callback c SET
            state = r.state, reason = r.reason, list_id = r.list_id, list_name = r.list_name, number = r.number,
            number_raw = r.number_raw, called_number = r.called_number, call_id = r.call_id, queue_name = r.queue_name,
            due_at = r.due_at, expires_at = r.expires_at, note = r.note, recording_ids = r.recordings::uuid[],
            enreach_state = r.stage, enreach_result = r.result, modified_at = r.modified_at, content_hash = r.hash,
            polled_at = CASE WHEN $2 THEN coalesce(c.polled_at, now()) ELSE c.polled_at END,
            told_at = coalesce(c.told_at, r.told_at),
            closed_at = CASE WHEN r.stage = 'closed' THEN coalesce(c.closed_at, now()) END,
            setting_version = $4, changed_at = now()
        FROM unnest(
            $3::timestamptz[], $5::uuid[], $6::text[], $7::text[], $8::uuid[], $9::text[], $10::text[], $11::text[], $12::text[], $13::uuid[],
            $14::text[], $15::timestamptz[], $16::timestamptz[], $17::timestamptz[], $18::text[], $19::text[], $20::text[],
            $21::text[], $22::timestamptz[], $23::bigint[]
        ) AS r (
            told_at, callback_id, state, reason, list_id, list_name, number, number_raw, called_number, call_id, queue_name, requested_at,
            due_at, expires_at, note, recordings, stage, result, modified_at, hash)
        WHERE c.tenant_id = $1 AND c.callback_id = r.callback_id
        """)

    /// By which way requests came as well that were known already.
    static let note = Statement(
        "callback_note",
        """
        UPDATE hub.callback c SET
            polled_at = CASE WHEN $3 THEN coalesce(c.polled_at, now()) ELSE c.polled_at END, told_at = coalesce(c.told_at, r.told_at)
        FROM unnest($2::uuid[], $4::timestamptz[]) AS r (callback_id, told_at)
        WHERE c.tenant_id = $1 AND c.callback_id = r.callback_id
        """)

    static let statements = [known, lock, insert, update, note]

    static func insert(_ plans: [CallbackIntakePlan], tenant: Int32, tenantName: String, way: CallbackIntake.Way, version: Int32)
        -> Request
    {
        Request(
            insert,
            columns(plans, tenant, way, version) + [
                plans.map { PhoneCallID.activity(tenant: tenantName, callback: $0.facts.id) }, plans.map(\.facts.isErased),
            ]
        )
    }

    static func update(_ plans: [CallbackIntakePlan], tenant: Int32, way: CallbackIntake.Way, version: Int32) -> Request {
        Request(update, columns(plans, tenant, way, version))
    }

    private static func columns(
        _ plans: [CallbackIntakePlan], _ tenant: Int32, _ way: CallbackIntake.Way, _ version: Int32
    ) -> [any PostgresEncodable] {
        let facts = plans.map(\.facts)
        return [
            tenant, way.isPoll, facts.map { way.toldAt($0.id) }, version, facts.map(\.id), plans.map(\.state.rawValue),
            plans.map { $0.reason?.rawValue },
            facts.map(\.listID), facts.map(\.listName), facts.map(\.callableNumber),
            facts.map { $0.number.raw.isEmpty ? nil : $0.number.raw } as [String?], facts.map(\.calledNumber),
            facts.map(\.callID),
            facts.map(\.queueName), facts.map(\.requestedAt), facts.map(\.dueAt), facts.map(\.expiresAt), facts.map(\.note),
            facts.map { "{\($0.recordingIDs.map(\.lowercase).joined(separator: ","))}" }, facts.map(\.stage.rawValue),
            facts.map(\.result), plans.map(\.modifiedAt), plans.map(\.hash),
        ]
    }
}
