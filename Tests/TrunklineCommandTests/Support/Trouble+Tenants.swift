@testable import TrunklineCommand

/// Troubles of a tenant's data.
extension Trouble {
    static let ofTenants: [Trouble] = [
        Trouble(
            check: TenantsCheck(), sql: "UPDATE hub.tenant SET enabled = false", level: .warning, text: "acme is switched off"),
        Trouble(
            check: TenantsCheck(), sql: "UPDATE hub.tenant SET people_at = NULL", level: .failure,
            text: "the people of acme were never read"),
        Trouble(
            check: TenantsCheck(), sql: "UPDATE hub.tenant SET people_at = now() - interval '3 days'", level: .warning,
            text: "were last read 3 d 00 h ago"),
        Trouble(
            check: SettingsCheck(),
            sql: "SELECT hub.change_setting(tenant_id, 'CallDurationLimit', 'many', 'jane') FROM hub.tenant", level: .warning,
            text: "acme: setting CallDurationLimit"),
        Trouble(
            check: PeopleCheck(),
            sql: """
                INSERT INTO hub.enreach_user (tenant_id, enreach_user_id, full_name, match_state, match_reason)
                SELECT tenant_id, gen_random_uuid(), 'x', state, 'none' FROM hub.tenant, unnest('{unmatched,unmatched,ambiguous}'::text[]) AS state
                """,
            level: .warning, text: "acme: 2 users of Enreach are matched to nobody in Dynamics, 1 to several"),
        Trouble(
            check: MobileNumbersCheck(),
            sql: """
                INSERT INTO hub.person (tenant_id, system_user_id, enreach_user_id, full_name)
                SELECT tenant_id, gen_random_uuid(), gen_random_uuid(), 'x' FROM hub.tenant
                """,
            level: .warning, text: "acme: 1 of 1 matched users have no mobile number"),
        Trouble(
            check: DirectoryCheck(),
            sql: """
                INSERT INTO hub.directory_load (tenant_id, entry_table, phase, tracked_at)
                SELECT tenant_id, 'contact', 'tracking', now() - interval '2 hours' FROM hub.tenant
                """,
            level: .failure, text: "contact of acme (tracking) was last heard of 2 h 00 min ago"),
        Trouble(
            check: NumberQualityCheck(),
            sql: """
                INSERT INTO hub.directory_load (tenant_id, entry_table, phase, tracked_at, rows_read, entries, unreadable)
                SELECT tenant_id, 'contact', 'tracking', now(), 100, 100, 12 FROM hub.tenant
                """,
            level: .warning, text: "contact of acme: 12 texts in columns for phone numbers can't be read, of 100 rows"),
        Trouble(
            check: AmbiguousNumbersCheck(),
            sql: """
                INSERT INTO hub.directory_ambiguity (tenant_id, number, calls, candidates, first_at, last_at)
                SELECT tenant_id, '+358401234567', 7, 2, now(), now() FROM hub.tenant
                """,
            level: .warning, text: "acme: 7 calls of 1 numbers"),
        Trouble(
            check: CallbackProfilesCheck(),
            sql: """
                INSERT INTO hub.callback_profile (tenant_id, profile_id, source, name, changed_by, problem)
                SELECT tenant_id, gen_random_uuid(), 'hub', 'Sales', 'jane', 'its queue is gone' FROM hub.tenant
                """,
            level: .failure, text: "profile Sales of acme takes nothing in: its queue is gone"),
        Trouble(
            check: BudgetCheck(),
            sql: """
                INSERT INTO hub.dataverse_budget (tenant_id, blocked_until)
                SELECT tenant_id, now() + interval '2 hours 30 seconds' FROM hub.tenant
                """,
            level: .warning, text: "Dynamics holds all requests of acme back for another 2 h 00 min"),
        Trouble(
            check: RoutingRulesCheck(),
            sql: """
                INSERT INTO hub.route_rule_set (tenant_id, version, document, rules, applied_by)
                SELECT tenant_id, 1, 'rules: [', 1, 'test' FROM hub.tenant
                """,
            level: .failure, text: "the rules of acme, version 1, can't be used"),
        Trouble(
            check: RoutingKeysCheck(),
            sql: """
                INSERT INTO hub.route_rule_set (tenant_id, version, document, rules, applied_by)
                SELECT tenant_id, 1, 'x', 1, 'test' FROM hub.tenant
                """,
            level: .failure, text: "acme has routing rules and no valid key"),
        Trouble(
            check: RoutingKeysCheck(),
            sql: """
                INSERT INTO hub.route_rule_set (tenant_id, version, document, rules, applied_by)
                SELECT tenant_id, 1, 'x', 1, 'test' FROM hub.tenant;
                INSERT INTO hub.api_key (tenant_id, name, digest, created_by, expires_at)
                SELECT tenant_id, 'one', decode(repeat('00', 32), 'hex'), 'jane', now() + interval '3 days 1 minute' FROM hub.tenant
                """,
            level: .warning, text: "the last key of acme ends in 3 d"),
        Trouble(
            check: WebhooksCheck(),
            sql: """
                INSERT INTO hub.webhook_hour (tenant_id, event_type, hour, happened, told, repeated)
                SELECT tenant_id, 'CallEnded', date_trunc('hour', now()) - interval '2 hours', 50, 20, 0 FROM hub.tenant
                """,
            level: .warning, text: "acme, CallEnded: of 50 in the last day, webhooks told 20"),
        Trouble(
            check: WebhooksCheck(),
            sql: """
                INSERT INTO hub.webhook_hour (tenant_id, event_type, hour, happened, told, repeated)
                SELECT tenant_id, 'CallbackCreated', date_trunc('hour', now()) - n * interval '1 day', 3, 0, 0
                FROM hub.tenant, generate_series(1, 4) AS n
                """,
            level: .warning, text: "acme, CallbackCreated: of 12 in the last week, webhooks told 0"),
        Trouble(
            check: WebhooksCheck(),
            sql: """
                INSERT INTO hub.callback_profile (tenant_id, profile_id, source, name, method, made_at, changed_by)
                SELECT tenant_id, gen_random_uuid(), 'hub', 'Sales', 'webhook', now() - interval '8 days', 'jane' FROM hub.tenant
                """,
            level: .warning, text: "acme: requests of profile Sales are told by webhooks alone, and for a week none told"),
        // What is told of another list says nothing of this one.
        Trouble(
            check: WebhooksCheck(),
            sql: """
                INSERT INTO hub.callback_profile (tenant_id, profile_id, source, name, callback_list_id, method, made_at, changed_by)
                SELECT tenant_id, gen_random_uuid(), 'hub', p.name, p.list, 'webhook', now() - interval '8 days', 'jane'
                FROM hub.tenant, (VALUES ('Silent', gen_random_uuid()), ('Living', gen_random_uuid())) AS p (name, list);
                INSERT INTO hub.webhook_event (tenant_id, event_id, event_type, entity_id)
                SELECT tenant_id, gen_random_uuid(), 'CallbackListItemCreated', callback_list_id
                FROM hub.callback_profile WHERE name = 'Living'
                """,
            level: .warning, text: "acme: requests of profile Silent are told by webhooks alone, and for a week none told"),
        Trouble(
            check: WebhookSourceCheck(),
            sql: """
                INSERT INTO hub.instance (instance_id, program, version, host, pid, state)
                VALUES (gen_random_uuid(), 'call-sync', 'x', 'here', 7, '{"webhooks: source": {"state": "degraded", "text": "x"}}')
                """,
            level: .warning, text: "call-sync on here (pid 7) takes webhooks through a proxy"),
        Trouble(
            check: CallbackProfilesCheck(),
            sql: """
                INSERT INTO hub.callback_profile (tenant_id, profile_id, source, name, changed_by, callback_list_id)
                SELECT tenant_id, gen_random_uuid(), 'hub', 'Sales', 'jane', gen_random_uuid() FROM hub.tenant;
                INSERT INTO hub.callback_check (tenant_id, profile_id, profile_version, read_list, read_problem, read_problem_text)
                SELECT tenant_id, profile_id, version, callback_list_id, 'list_forbidden', 'give access' FROM hub.callback_profile
                """,
            level: .failure, text: "profile Sales of acme takes nothing in: give access"),
        Trouble(
            check: CallbackProfilesCheck(),
            sql: """
                INSERT INTO hub.callback_profile (tenant_id, profile_id, source, name, changed_by, refused)
                SELECT tenant_id, gen_random_uuid(), 'dynamics', 'Sales', 'jane', 'no list is named, version 1 stays' FROM hub.tenant
                """,
            level: .warning, text: "profile Sales of acme works in an older version: no list is named, version 1 stays"),
        Trouble(
            check: StuckCallbacksCheck(), sql: callback("'pending', NULL, now() - interval '20 minutes'"), level: .warning,
            text: "acme: 1 requests wait for their phone call for more than 15 minutes"),
        Trouble(
            check: StuckCallbacksCheck(), sql: callback("'pending', 'refused', now()"), level: .warning,
            text: "acme: 1 requests could not be closed in Enreach in the last week"),
    ]

    /// A request with its state, how its closing went, and when it was first seen.
    private static func callback(_ values: String) -> String {
        """
        INSERT INTO hub.callback (tenant_id, callback_id, callback_day, list_id, requested_at, enreach_state, content_hash, activity_id,
                                  state, close_state, first_seen_at)
        SELECT tenant_id, gen_random_uuid(), current_date, gen_random_uuid(), now(), 'open', 1, gen_random_uuid(), \(values) FROM hub.tenant
        """
    }
}
