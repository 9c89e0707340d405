import Postgres
import Runtime
import Tenants

/// Webhooks that do not arrive: calls and requests wait for the next poll, and what is not polled is not found at all.
struct WebhooksCheck: DoctorCheck {
    static let name = "webhooks"
    static let well = "webhooks tell of what happens, where they are in use"
    static let remedy =
        "look at the vendor's webhook configuration, the proxy before the listener, and trunkline_webhooks_total by result"

    func findings(_ patient: Patient) async throws -> [Finding] {
        var findings: [Finding] = []
        for row in try await patient.database.query(Self.loss) {
            let (tenant, event, day, dayLost, week, weekLost) = try row.decode(
                String.self, String.self, Int64.self, Int64.self, Int64.self, Int64.self)
            let finding =
                Self.judge(tenant, event, happened: day, lost: dayLost)
                ?? Self.judge(tenant, event, happenedInWeek: week, lost: weekLost)
            if let finding { findings.append(finding) }
        }
        let configured = patient.programs.elements(of: "tenants").compactMap { try? TenantConfiguration($0) }
            .filter { $0.webhookToken != nil }.map(\.name)
        for row in try await patient.database.query(Self.silent) {
            let (tenant, happened) = try row.decode(String.self, Int64.self)
            if let finding = Self.judge(silent: tenant, isConfigured: configured.contains(tenant), happened: happened) {
                findings.append(finding)
            }
        }
        for row in try await patient.database.query(Self.unheard) {
            let (tenant, profile) = try row.decode(String.self, String.self)
            findings.append(
                .warning(
                    Self.name,
                    "\(tenant): requests of profile \(profile) are told by webhooks alone, and for a week none told of a request",
                    remedy: "unless nobody asked for a call: \(Self.remedy); or have the list polled as well"))
        }
        return findings.isEmpty ? [.ok(Self.name, Self.well)] : findings
    }

    static func judge(_ tenant: String, _ event: String, happened: Int64, lost: Int64) -> Finding? {
        guard happened >= 20, lost * 5 >= happened else { return nil }
        let text = "\(tenant), \(event): of \(happened) in the last day, webhooks told \(happened - lost); polling found the rest"
        return lost == happened ? .failure(name, text, remedy: remedy) : .warning(name, text, remedy: remedy)
    }

    /// Where too little happens in a day to judge by; only what is told of hardly anything counts, so that what was mended yesterday is forgotten.
    static func judge(_ tenant: String, _ event: String, happenedInWeek happened: Int64, lost: Int64) -> Finding? {
        guard happened >= 5, (happened - lost) * 20 <= happened else { return nil }
        let text =
            "\(tenant), \(event): of \(happened) in the last week, webhooks told \(happened - lost); polling found the rest"
        return .warning(name, text, remedy: remedy)
    }

    /// A tenant of whom no webhook stands in the database, which keeps those of a week, unless told otherwise.
    ///
    /// - Parameter happened: calls and callback requests that were first seen in the last two days; counted up to 100 of each.
    static func judge(silent tenant: String, isConfigured: Bool, happened: Int64) -> Finding? {
        guard isConfigured, happened >= 5 else { return nil }
        let number = happened >= 100 ? "100 or more" : "\(happened)"
        return .warning(
            name,
            "\(tenant): a token for webhooks is configured, \(number) calls and requests were seen in the last two days, and no webhook came in a week",
            remedy: "have Enreach send them, or take webhook_token out of the tenant's configuration; where it does: \(remedy)")
    }

    static let loss = Statement(
        "command.doctor.webhooks",
        """
        SELECT tenant, event_type,
            coalesce(sum(happened) FILTER (WHERE hour > now() - interval '1 day'), 0)::bigint,
            coalesce(sum(lost) FILTER (WHERE hour > now() - interval '1 day'), 0)::bigint, sum(happened)::bigint, sum(lost)::bigint
        FROM report.webhook_loss
        WHERE hour > now() - interval '7 days'
        GROUP BY tenant, event_type
        ORDER BY tenant, event_type
        """)

    static let silent = Statement(
        "command.doctor.webhooks_silent",
        """
        SELECT t.name, (
                SELECT count(*) FROM (
                    SELECT FROM hub.call c
                    WHERE c.tenant_id = t.tenant_id AND c.first_seen_at > now() - interval '2 days' AND c.backfill_id IS NULL
                    LIMIT 100) AS calls
            ) + (
                SELECT count(*) FROM (
                    SELECT FROM hub.callback c
                    WHERE c.tenant_id = t.tenant_id AND c.first_seen_at > now() - interval '2 days'
                    LIMIT 100) AS requests)
        FROM hub.tenant t
        WHERE t.enabled AND NOT EXISTS (SELECT FROM hub.webhook_event e WHERE e.tenant_id = t.tenant_id)
        ORDER BY t.name
        """)

    /// Profiles of lists that are not polled, older than the week that webhooks are kept for, of which none told; one that named no
    /// list of ours may have been of any.
    static let unheard = Statement(
        "command.doctor.webhooks_unheard",
        """
        SELECT t.name, p.name
        FROM hub.callback_profile p
        JOIN hub.tenant t USING (tenant_id)
        WHERE t.enabled AND p.enabled AND p.deleted_at IS NULL AND p.method = 'webhook' AND p.made_at < now() - interval '7 days'
          AND NOT EXISTS (
              SELECT FROM hub.webhook_event e
              WHERE e.tenant_id = p.tenant_id
                AND (e.entity_id = p.callback_list_id OR e.event_type ILIKE '%callback%' AND NOT EXISTS (
                    SELECT FROM hub.callback_profile o
                    WHERE o.tenant_id = e.tenant_id AND o.callback_list_id = e.entity_id AND o.deleted_at IS NULL)))
        ORDER BY t.name, p.name
        """)
}
