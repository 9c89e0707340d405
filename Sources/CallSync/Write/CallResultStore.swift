import Directory
import FoundationEssentials
import Model
import Postgres
import Tenants

/// Stores what became of a batch of calls: one statement a table, in one round trip.
enum CallResultStore {
    /// The calls' rows. An activity id, owner or regarding that is not given stays, except that a call without a record regards nobody.
    static let update = Statement(
        "call_result",
        """
        UPDATE hub.call c SET
            state = r.state, reason = r.reason, activity_id = r.activity_id,
            written_version = coalesce(r.handled_version, c.written_version),
            written = coalesce(r.written::jsonb, c.written),
            owner_id = coalesce(r.owner_id, c.owner_id), owner_rule = coalesce(r.owner_rule, c.owner_rule),
            regarding_table = CASE WHEN r.state NOT IN ('withdrawn', 'skipped') THEN coalesce(r.regarding_table, c.regarding_table) END,
            regarding_id = CASE WHEN r.state NOT IN ('withdrawn', 'skipped') THEN coalesce(r.regarding_id, c.regarding_id) END,
            match_rule = CASE WHEN r.state NOT IN ('withdrawn', 'skipped') THEN coalesce(r.match_rule, c.match_rule) END,
            written_at = CASE WHEN r.state IN ('written', 'adopted') THEN coalesce(c.written_at, now()) ELSE c.written_at END,
            updated_at = CASE WHEN r.touched THEN now() ELSE c.updated_at END,
            setting_version = $2, error_code = r.error_code, error_text = r.error_text, changed_at = now()
        FROM unnest(
            $3::uuid[], $4::text[], $5::text[], $6::uuid[], $7::integer[], $8::text[], $9::uuid[], $10::text[], $11::text[],
            $12::uuid[], $13::boolean[], $14::text[], $15::text[], $16::text[]
        ) AS r (
            call_id, state, reason, activity_id, handled_version, written, owner_id, owner_rule, regarding_table,
            regarding_id, touched, error_code, error_text, match_rule)
        WHERE c.tenant_id = $1 AND c.call_id = r.call_id
        """)

    /// The hour's figures. One row an instance, so nobody waits for anybody.
    static let count = Statement(
        "call_hour_count",
        """
        INSERT INTO hub.call_hour AS h (
            tenant_id, hour, instance_id, written, adopted, updated, withdrawn, skipped, dead, latency)
        VALUES ($1, date_trunc('hour', now()), $2, $3, $4, $5, $6, $7, $8, $9)
        ON CONFLICT (tenant_id, hour, instance_id) DO UPDATE SET
            written = h.written + excluded.written, adopted = h.adopted + excluded.adopted,
            updated = h.updated + excluded.updated, withdrawn = h.withdrawn + excluded.withdrawn,
            skipped = h.skipped + excluded.skipped, dead = h.dead + excluded.dead,
            latency = ARRAY(
                SELECT old + new
                FROM unnest(h.latency, excluded.latency) WITH ORDINALITY AS b (old, new, place) ORDER BY place)
        """)

    static let statements = [update, count]

    static func requests(_ results: [CallResult], tenant: TenantSituation, instance: UUID) -> [Request] {
        guard !results.isEmpty else { return [] }
        // Calls are locked in the order in which everybody locks them.
        let sorted = results.sorted { $0.call < $1.call }
        var requests = [
            Request(
                update,
                [
                    tenant.id, tenant.settings.version, sorted.map(\.call), sorted.map(\.state.rawValue), sorted.map(\.reason),
                    sorted.map(\.activityID), sorted.map(\.handledVersion),
                    sorted.map { result in result.written.map { String(decoding: $0, as: UTF8.self) } },
                    sorted.map(\.owner?.systemUserID), sorted.map { $0.owner?.rule.rawValue },
                    sorted.map { $0.regarding?.table.rawValue }, sorted.map { $0.regarding?.id }, sorted.map(\.touchedRecord),
                    sorted.map(\.errorCode), sorted.map(\.errorText), sorted.map(\.matchRule),
                ])
        ]
        let story = sorted.flatMap(\.story)
        if !story.isEmpty {
            requests.append(
                TimelineStore.add(story, tenant: tenant.id, instance: instance, settingVersion: tenant.settings.version))
        }
        let hidden = sorted.filter { $0.isPrivate && !$0.state.hasRecord }.map(\.call)
        if !hidden.isEmpty { requests.append(TimelineStore.redact(hidden, tenant: tenant.id)) }
        let spokenWith = sorted.compactMap(\.spokeWith)
        if !spokenWith.isEmpty { requests.append(InteractionStore.note(spokenWith, tenant: tenant.id)) }
        let ambiguous = sorted.compactMap(\.ambiguity)
        if !ambiguous.isEmpty { requests.append(AmbiguityStore.note(ambiguous, tenant: tenant.id)) }
        var figures = [Int64](repeating: 0, count: CallResult.HourFigure.allCases.count)
        for figure in sorted.compactMap(\.figure) { figures[figure.rawValue] += 1 }
        if figures.contains(where: { $0 > 0 }) {
            let parameters: [any PostgresEncodable] =
                [tenant.id, instance] + figures + [LatencyBuckets.count(sorted.compactMap(\.latency))]
            requests.append(Request(count, parameters))
        }
        return requests
    }
}

/// The steps of `hub.call_hour.latency`.
enum LatencyBuckets {
    /// Upper ends in seconds; the last bucket has none.
    static let bounds: [Double] = [0.5, 1, 2, 3, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600, 86_400]

    static func count(_ latencies: [Double]) -> [Int64] {
        var buckets = [Int64](repeating: 0, count: bounds.count + 1)
        for latency in latencies { buckets[bounds.firstIndex { latency <= $0 } ?? bounds.count] += 1 }
        return buckets
    }
}
