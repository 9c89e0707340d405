import Postgres

/// Types of Enreach's queues, as it last showed them.
enum QueueTypeStore {
    /// With whether it was shown within the last `$3` seconds.
    static let find = Statement(
        "queue_types_find",
        """
        SELECT queue_id, type_id, seen_at > now() - make_interval(secs => $3::double precision)
        FROM hub.enreach_queue WHERE tenant_id = $1 AND queue_id = ANY ($2)
        """)

    /// In one order, since several instances may learn them at once.
    static let keep = Statement(
        "queue_types_keep",
        """
        INSERT INTO hub.enreach_queue AS q (tenant_id, queue_id, type_id)
        SELECT $1, queue_id, type_id FROM unnest($2::uuid[], $3::integer[]) AS g (queue_id, type_id) ORDER BY queue_id
        ON CONFLICT (tenant_id, queue_id) DO UPDATE SET type_id = excluded.type_id, seen_at = now()
        """)

    /// Those that Enreach has not shown for so many months.
    static let forget = Statement(
        "queue_types_forget",
        "DELETE FROM hub.enreach_queue WHERE tenant_id = $1 AND seen_at < now() - make_interval(months => $2)")

    static let statements = [find, keep, forget]
}
