extension Grant {
    /// What the migrations granted, but for what the owner has and for partitions, which are reached through their tables. Written by the test
    /// that compares it with a migrated database.
    static let wanted = read(
        """
        trunkline_call_sync column UPDATE:
          hub.directory_entry.last_interaction_at; hub.erasure_item.outcome; hub.erasure_item.settled_at
          hub.instance.seen_at; hub.instance.state; hub.instance.stopped_at; hub.tenant.dynamics_url; hub.tenant.people_at
          hub.tenant.people_version
        trunkline_call_sync function EXECUTE:
          hub.count_history(); hub.directory_heirs(integer,uuid[]); hub.directory_hold(integer)
          hub.directory_open(integer,uuid[]); hub.drop_job_partitions(integer); hub.drop_timeline_partitions(interval)
          hub.erase_stories(integer,text,uuid[]); hub.error_group(jsonb); hub.forget_actions(integer,interval)
          hub.forget_calls(integer,date,integer); hub.forget_dead_jobs(integer,interval,integer)
          hub.job_add(text,integer,jsonb,text,boolean,text,smallint,timestamp with time zone,smallint,text)
          hub.job_add_buckets(bigint[],bigint[]); hub.job_adopt(integer); hub.job_advance(integer[],text[])
          hub.job_backoff(integer); hub.job_beat(integer,boolean); hub.job_buckets(double precision[])
          hub.job_chore_due(text); hub.job_claim(integer,smallint,integer,smallint[],integer[],bigint[],integer[],boolean[])
          hub.job_compact(boolean); hub.job_complete(integer,bigint[],bigint[],integer[],text[]); hub.job_count()
          hub.job_earlier(jsonb)
          hub.job_enqueue(text[],text[],integer[],smallint[],smallint[],jsonb[],text[],boolean[],text[],timestamp with time zone[])
          hub.job_enter(text,text,integer,smallint,integer,interval)
          hub.job_fail(integer,bigint[],bigint[],text[],bigint[],boolean[],boolean[],integer[],jsonb[],text[])
          hub.job_fire(); hub.job_hand_on(integer); hub.job_held_by(integer); hub.job_join(hub.job_ready)
          hub.job_kind_id(text); hub.job_leave(integer); hub.job_lines(smallint); hub.job_partitions(integer,integer)
          hub.job_pass(integer[],text[],tid[],bigint[]); hub.job_promote(integer); hub.job_queue_id(text)
          hub.job_release(integer[],smallint[],text[]); hub.job_rescue(); hub.job_ring(text); hub.job_ring_queue(smallint)
          hub.job_sleep(smallint); hub.job_supersede(bigint,integer,smallint,text); hub.job_tend(); hub.job_unhold()
          hub.job_verify(bigint[],bigint[]); hub.latency_percentile(bigint[],double precision)
          hub.make_job_partitions(integer); hub.make_timeline_partitions(integer); hub.normalise_error(text)
          hub.programs_from(); hub.redact_calls(integer,uuid[])
          hub.schedule_next(interval,time without time zone,text,timestamp with time zone)
          hub.schedule_set(integer,text,text,text,smallint,smallint,jsonb,interval,time without time zone,text,boolean,boolean)
          hub.settings_at(integer,integer); hub.webhook_hours(timestamp with time zone,timestamp with time zone)
        trunkline_call_sync schema USAGE:
          hub; report
        trunkline_call_sync sequence USAGE:
          hub.dataverse_spend_seq; hub.job_seq; hub.timeline_seq
        trunkline_call_sync table DELETE INSERT SELECT:
          hub.dataverse_spend; hub.instance; hub.job_depth
        trunkline_call_sync table DELETE INSERT SELECT UPDATE:
          hub.call_hour; hub.dataverse_lease; hub.dataverse_server; hub.directory_ambiguity; hub.enreach_queue; hub.job_bell
          hub.job_key; hub.job_later; hub.job_lease; hub.job_ready; hub.job_unique; hub.job_wait; hub.own_number; hub.person
          hub.webhook_event; hub.worker
        trunkline_call_sync table INSERT SELECT:
          hub.job_dead; hub.job_done; hub.job_kind; hub.job_queue; hub.timeline
        trunkline_call_sync table INSERT SELECT UPDATE:
          hub.call; hub.call_intake; hub.dataverse_budget; hub.directory_match; hub.job_depth_minute; hub.job_stat
          hub.schedule; hub.watermark
        trunkline_call_sync table SELECT:
          hub.call_tally; hub.directory_change; hub.directory_decision; hub.directory_entry; hub.directory_load
          hub.directory_number; hub.directory_state; hub.dynamics_probe; hub.enreach_user; hub.erased_number
          hub.erasure_item; hub.job_pause; hub.jobs; hub.schema_migration; hub.setting; hub.tenant; report.webhook_loss
        trunkline_call_sync table SELECT UPDATE:
          hub.backfill; hub.job_chore
        trunkline_callback_sync column UPDATE:
          hub.directory_entry.last_interaction_at; hub.erasure_item.outcome; hub.erasure_item.settled_at
          hub.instance.seen_at; hub.instance.state; hub.instance.stopped_at; hub.tenant.dynamics_url
        trunkline_callback_sync function EXECUTE:
          hub.count_history(); hub.directory_heirs(integer,uuid[]); hub.directory_hold(integer)
          hub.directory_open(integer,uuid[]); hub.drop_job_partitions(integer); hub.erase_stories(integer,text,uuid[])
          hub.error_group(jsonb); hub.forget_actions(integer,interval); hub.forget_callbacks(integer,date,integer)
          hub.forget_dead_jobs(integer,interval,integer)
          hub.job_add(text,integer,jsonb,text,boolean,text,smallint,timestamp with time zone,smallint,text)
          hub.job_add_buckets(bigint[],bigint[]); hub.job_adopt(integer); hub.job_advance(integer[],text[])
          hub.job_backoff(integer); hub.job_beat(integer,boolean); hub.job_buckets(double precision[])
          hub.job_chore_due(text); hub.job_claim(integer,smallint,integer,smallint[],integer[],bigint[],integer[],boolean[])
          hub.job_compact(boolean); hub.job_complete(integer,bigint[],bigint[],integer[],text[]); hub.job_count()
          hub.job_earlier(jsonb)
          hub.job_enqueue(text[],text[],integer[],smallint[],smallint[],jsonb[],text[],boolean[],text[],timestamp with time zone[])
          hub.job_enter(text,text,integer,smallint,integer,interval)
          hub.job_fail(integer,bigint[],bigint[],text[],bigint[],boolean[],boolean[],integer[],jsonb[],text[])
          hub.job_fire(); hub.job_hand_on(integer); hub.job_held_by(integer); hub.job_join(hub.job_ready)
          hub.job_kind_id(text); hub.job_leave(integer); hub.job_lines(smallint); hub.job_partitions(integer,integer)
          hub.job_pass(integer[],text[],tid[],bigint[]); hub.job_promote(integer); hub.job_queue_id(text)
          hub.job_release(integer[],smallint[],text[]); hub.job_rescue(); hub.job_ring(text); hub.job_ring_queue(smallint)
          hub.job_sleep(smallint); hub.job_supersede(bigint,integer,smallint,text); hub.job_tend(); hub.job_unhold()
          hub.job_verify(bigint[],bigint[]); hub.make_job_partitions(integer); hub.make_timeline_partitions(integer)
          hub.normalise_error(text); hub.programs_from()
          hub.schedule_next(interval,time without time zone,text,timestamp with time zone)
          hub.schedule_set(integer,text,text,text,smallint,smallint,jsonb,interval,time without time zone,text,boolean,boolean)
          hub.settings_at(integer,integer); hub.webhook_hours(timestamp with time zone,timestamp with time zone)
        trunkline_callback_sync schema USAGE:
          hub; report
        trunkline_callback_sync sequence USAGE:
          hub.dataverse_spend_seq; hub.job_seq; hub.timeline_seq
        trunkline_callback_sync table DELETE INSERT SELECT:
          hub.dataverse_spend; hub.instance; hub.job_depth
        trunkline_callback_sync table DELETE INSERT SELECT UPDATE:
          hub.callback_check; hub.dataverse_lease; hub.dataverse_server; hub.directory_ambiguity; hub.job_bell; hub.job_key
          hub.job_later; hub.job_lease; hub.job_ready; hub.job_unique; hub.job_wait; hub.webhook_event; hub.worker
        trunkline_callback_sync table INSERT SELECT:
          hub.job_dead; hub.job_done; hub.job_kind; hub.job_queue; hub.timeline
        trunkline_callback_sync table INSERT SELECT UPDATE:
          hub.callback; hub.callback_intake; hub.callback_mark; hub.dataverse_budget; hub.job_depth_minute; hub.job_stat
          hub.schedule
        trunkline_callback_sync table SELECT:
          hub.call; hub.callback_profile; hub.callback_profile_history; hub.directory_change; hub.directory_decision
          hub.directory_entry; hub.directory_load; hub.directory_number; hub.directory_state; hub.dynamics_probe
          hub.enreach_user; hub.erased_number; hub.erasure_item; hub.job_pause; hub.jobs; hub.own_number; hub.person
          hub.schema_migration; hub.setting; hub.tenant; report.webhook_loss
        trunkline_callback_sync table SELECT UPDATE:
          hub.job_chore
        trunkline_console column SELECT:
          hub.api_key.created_at; hub.api_key.created_by; hub.api_key.expires_at; hub.api_key.key_id; hub.api_key.name
          hub.api_key.networks; hub.api_key.purpose; hub.api_key.revoked_at; hub.api_key.revoked_by; hub.api_key.tenant_id
        trunkline_console column UPDATE:
          hub.directory_load.resync_reason; hub.directory_load.resync_wanted; hub.instance.seen_at; hub.instance.state
          hub.instance.stopped_at; hub.operator_session.seen_at; hub.tenant.changed_at; hub.tenant.enabled; hub.tenant.region
          hub.tenant.setting_version
        trunkline_console function EXECUTE:
          hub.add_buckets(bigint[],bigint[]); hub.apply_route_rules(integer,text,integer,integer,text,text,integer)
          hub.bloat(); hub.change_setting(integer,text,text,text,text)
          hub.directory_changed(integer,uuid[],uuid[],text[],boolean); hub.directory_heirs(integer,uuid[])
          hub.directory_lock(integer); hub.directory_open(integer,uuid[]); hub.error_group(jsonb)
          hub.job_add(text,integer,jsonb,text,boolean,text,smallint,timestamp with time zone,smallint,text)
          hub.job_advance(integer[],text[]); hub.job_cancel(bigint[],text)
          hub.job_enqueue(text[],text[],integer[],smallint[],smallint[],jsonb[],text[],boolean[],text[],timestamp with time zone[])
          hub.job_errors(timestamp with time zone,timestamp with time zone); hub.job_hold(text,integer,text,text)
          hub.job_hours(timestamp with time zone,timestamp with time zone); hub.job_join(hub.job_ready)
          hub.job_kind_id(text); hub.job_pass(integer[],text[],tid[],bigint[]); hub.job_percentile(bigint[],double precision)
          hub.job_queue_id(text); hub.job_release(integer[],smallint[],text[]); hub.job_resume(text,integer)
          hub.job_retry(bigint[]); hub.job_ring(text); hub.job_ring_queue(smallint)
          hub.job_supersede(bigint,integer,smallint,text); hub.job_unhold()
          hub.latency_percentile(bigint[],double precision); hub.normalise_error(text); hub.programs_from()
          hub.route_changed(integer,text[]); hub.settings_at(integer,integer); hub.sum_buckets(bigint[])
          hub.webhook_hours(timestamp with time zone,timestamp with time zone)
        trunkline_console schema USAGE:
          hub; report
        trunkline_console sequence USAGE:
          hub.job_seq; hub.timeline_seq
        trunkline_console table DELETE INSERT SELECT:
          hub.instance; hub.job_pause; hub.operator_challenge; hub.operator_session
        trunkline_console table DELETE INSERT SELECT UPDATE:
          hub.directory_decision; hub.job_dead; hub.job_key; hub.job_later; hub.job_ready; hub.job_unique; hub.job_wait
          hub.operator_guess; hub.person_choice
        trunkline_console table DELETE SELECT:
          hub.directory_ambiguity; hub.job_bell
        trunkline_console table INSERT:
          hub.directory_change; hub.route_number_change
        trunkline_console table INSERT SELECT:
          hub.job_done; hub.job_kind; hub.job_queue; hub.operator_action; hub.route_rule_set; hub.setting; hub.timeline
        trunkline_console table INSERT SELECT UPDATE:
          hub.backfill; hub.callback_profile; hub.directory_state; hub.operator; hub.route_state
        trunkline_console table SELECT:
          hub.call; hub.call_hour; hub.call_intake; hub.call_tally; hub.callback; hub.callback_check; hub.callback_intake
          hub.callback_mark; hub.callback_profile_history; hub.dataverse_budget; hub.dataverse_lease; hub.dataverse_server
          hub.dataverse_spend; hub.directory_entry; hub.directory_load; hub.directory_match; hub.directory_number
          hub.dynamics_probe; hub.dynamics_setting; hub.enreach_user; hub.erasure; hub.job_chore; hub.job_depth
          hub.job_lease; hub.job_stat; hub.jobs; hub.own_number; hub.person; hub.route_decision; hub.route_number
          hub.schedule; hub.schema_migration; hub.tenant; hub.watermark; hub.webhook_event; hub.worker
          report.ambiguous_numbers; report.backlog_history; report.bloat; report.callback_balance; report.callback_profiles
          report.callback_service_levels; report.callbacks; report.catalogue; report.daily_balance; report.dataverse_budget
          report.dataverse_by_minute; report.directory; report.erasures; report.error_history; report.failures
          report.instances; report.job_throughput; report.matching_by_day; report.partitions; report.pauses; report.people
          report.people_without_match; report.queue_history; report.queue_history_by_hour; report.queue_state
          report.retention; report.route_rules; report.routing_by_hour; report.tables; report.throughput_by_hour
          report.unmatched_calls; report.version; report.webhook_loss; report.workers
        trunkline_monitor function EXECUTE:
          hub.add_buckets(bigint[],bigint[]); hub.bloat(); hub.job_hours(timestamp with time zone,timestamp with time zone)
          hub.job_percentile(bigint[],double precision); hub.latency_percentile(bigint[],double precision)
          hub.normalise_error(text); hub.programs_from(); hub.sum_buckets(bigint[])
          hub.webhook_hours(timestamp with time zone,timestamp with time zone)
        trunkline_monitor schema USAGE:
          hub; report
        trunkline_monitor table SELECT:
          hub.backfill; hub.call_hour; hub.call_intake; hub.callback_check; hub.callback_intake; hub.callback_mark
          hub.dataverse_budget; hub.dataverse_lease; hub.dataverse_server; hub.dataverse_spend; hub.directory_load
          hub.directory_match; hub.directory_state; hub.instance; hub.job_chore; hub.job_depth; hub.job_kind; hub.job_pause
          hub.job_queue; hub.job_stat; hub.schedule; hub.schema_migration; hub.tenant; hub.watermark; hub.webhook_event
          hub.worker; report.backlog_history; report.bloat; report.callback_balance; report.callback_profiles
          report.callback_service_levels; report.catalogue; report.daily_balance; report.dataverse_budget
          report.dataverse_by_minute; report.directory; report.instances; report.job_throughput; report.matching_by_day
          report.partitions; report.pauses; report.queue_history; report.queue_history_by_hour; report.queue_state
          report.retention; report.route_rules; report.routing_by_hour; report.tables; report.throughput_by_hour
          report.version; report.webhook_loss; report.workers
        trunkline_operator column INSERT:
          hub.tenant.name
        trunkline_operator column INSERT UPDATE:
          hub.tenant.enabled; hub.tenant.region
        trunkline_operator column SELECT:
          hub.operator.changed_at; hub.operator.created_at; hub.operator.created_by; hub.operator.disabled_at
          hub.operator.failures; hub.operator.issuer; hub.operator.locked_until; hub.operator.name; hub.operator.operator_id
          hub.operator.role; hub.operator.signed_in_at; hub.operator.subject; hub.operator_session.address
          hub.operator_session.created_at; hub.operator_session.expires_at; hub.operator_session.operator_id
          hub.operator_session.seen_at
        trunkline_operator column UPDATE:
          hub.api_key.revoked_at; hub.api_key.revoked_by; hub.directory_load.resync_reason; hub.directory_load.resync_wanted
          hub.tenant.changed_at; hub.tenant.setting_version
        trunkline_operator function EXECUTE:
          hub.add_api_key(integer,text,bytea,cidr[],text,timestamp with time zone); hub.add_buckets(bigint[],bigint[])
          hub.apply_route_rules(integer,text,integer,integer,text,text,integer)
          hub.begin_erasure(integer,uuid,bytea[],text,text,text,boolean); hub.bloat()
          hub.change_setting(integer,text,text,text,text); hub.count_history()
          hub.directory_changed(integer,uuid[],uuid[],text[],boolean); hub.directory_heirs(integer,uuid[])
          hub.directory_lock(integer); hub.directory_open(integer,uuid[]); hub.drop_route_partitions(interval)
          hub.drop_timeline_partitions(interval); hub.erase_callbacks(integer,uuid,date,text,text,text[],text[],text[])
          hub.erase_calls(integer,uuid,date,text,text,text[]); hub.erase_directory(integer,uuid,text,text,text[])
          hub.erase_routing(integer,uuid,text,text,text[]); hub.erase_texts(integer,uuid,regclass,text,text,text[],text[])
          hub.erasure_is_clear(text); hub.error_group(jsonb)
          hub.finish_erasure(integer,uuid,timestamp with time zone,jsonb,jsonb,bytea,text)
          hub.gather_route_agents(integer,interval); hub.gather_route_callbacks(integer)
          hub.gather_route_rivals(integer,interval)
          hub.job_add(text,integer,jsonb,text,boolean,text,smallint,timestamp with time zone,smallint,text)
          hub.job_advance(integer[],text[]); hub.job_cancel(bigint[],text); hub.job_compact(boolean)
          hub.job_enqueue(text[],text[],integer[],smallint[],smallint[],jsonb[],text[],boolean[],text[],timestamp with time zone[])
          hub.job_errors(timestamp with time zone,timestamp with time zone); hub.job_hold(text,integer,text,text)
          hub.job_hours(timestamp with time zone,timestamp with time zone); hub.job_join(hub.job_ready)
          hub.job_kind_id(text); hub.job_pass(integer[],text[],tid[],bigint[]); hub.job_percentile(bigint[],double precision)
          hub.job_queue_id(text); hub.job_release(integer[],smallint[],text[]); hub.job_resume(text,integer)
          hub.job_retry(bigint[]); hub.job_ring(text); hub.job_ring_queue(smallint)
          hub.job_supersede(bigint,integer,smallint,text); hub.job_unhold()
          hub.latency_percentile(bigint[],double precision); hub.lift_erasure(integer,bytea[],text,text)
          hub.make_route_partitions(integer); hub.make_timeline_partitions(integer); hub.normalise_error(text)
          hub.number_columns(); hub.number_count(integer,regclass,text,text,text[],text[])
          hub.number_hindrances(integer,text,text,text[]); hub.number_rows(integer,regclass,text,text,text[],text[],integer)
          hub.programs_from(); hub.revoke_api_key(integer,integer,text); hub.route_changed(integer,text[])
          hub.settings_at(integer,integer); hub.sum_buckets(bigint[])
          hub.webhook_hours(timestamp with time zone,timestamp with time zone)
        trunkline_operator schema USAGE:
          hub; report
        trunkline_operator sequence USAGE:
          hub.job_seq; hub.timeline_seq
        trunkline_operator table DELETE:
          hub.operator_session
        trunkline_operator table DELETE INSERT SELECT:
          hub.job_pause
        trunkline_operator table DELETE INSERT SELECT UPDATE:
          hub.directory_decision; hub.dynamics_probe; hub.job_dead; hub.job_key; hub.job_later; hub.job_ready; hub.job_unique
          hub.job_wait; hub.operator_guess; hub.person_choice; hub.route_number
        trunkline_operator table DELETE SELECT:
          hub.directory_ambiguity; hub.job_bell
        trunkline_operator table INSERT:
          hub.directory_change
        trunkline_operator table INSERT SELECT:
          hub.api_key; hub.job_done; hub.job_kind; hub.job_queue; hub.operator_action; hub.route_number_change
          hub.route_rule_set; hub.setting; hub.timeline
        trunkline_operator table INSERT SELECT UPDATE:
          hub.backfill; hub.callback_profile; hub.directory_state; hub.route_state
        trunkline_operator table INSERT UPDATE:
          hub.operator
        trunkline_operator table SELECT:
          hub.call; hub.call_hour; hub.call_intake; hub.call_tally; hub.callback; hub.callback_check; hub.callback_intake
          hub.callback_mark; hub.callback_profile_history; hub.dataverse_budget; hub.dataverse_lease; hub.dataverse_server
          hub.dataverse_spend; hub.directory_entry; hub.directory_load; hub.directory_match; hub.directory_number
          hub.dynamics_setting; hub.enreach_queue; hub.enreach_user; hub.erased_number; hub.erasure; hub.erasure_item
          hub.instance; hub.job_chore; hub.job_depth; hub.job_lease; hub.job_stat; hub.jobs; hub.own_number; hub.person
          hub.route_decision; hub.schedule; hub.schema_migration; hub.tenant; hub.watermark; hub.webhook_event; hub.worker
          report.ambiguous_numbers; report.backlog_history; report.bloat; report.callback_balance; report.callback_profiles
          report.callback_service_levels; report.callbacks; report.catalogue; report.daily_balance; report.dataverse_budget
          report.dataverse_by_minute; report.directory; report.erasures; report.error_history; report.failures
          report.instances; report.job_throughput; report.matching_by_day; report.partitions; report.pauses; report.people
          report.people_without_match; report.queue_history; report.queue_history_by_hour; report.queue_state
          report.retention; report.route_rules; report.routing_by_hour; report.tables; report.throughput_by_hour
          report.unmatched_calls; report.version; report.webhook_loss; report.workers
        trunkline_report function EXECUTE:
          hub.add_buckets(bigint[],bigint[]); hub.bloat(); hub.job_errors(timestamp with time zone,timestamp with time zone)
          hub.job_hours(timestamp with time zone,timestamp with time zone); hub.job_percentile(bigint[],double precision)
          hub.latency_percentile(bigint[],double precision); hub.normalise_error(text); hub.sum_buckets(bigint[])
          hub.webhook_hours(timestamp with time zone,timestamp with time zone)
        trunkline_report schema USAGE:
          report
        trunkline_report table SELECT:
          report.ambiguous_numbers; report.backlog_history; report.bloat; report.callback_balance; report.callback_profiles
          report.callback_service_levels; report.callbacks; report.catalogue; report.daily_balance; report.dataverse_budget
          report.dataverse_by_minute; report.directory; report.erasures; report.error_history; report.failures
          report.instances; report.job_throughput; report.matching_by_day; report.partitions; report.pauses; report.people
          report.people_without_match; report.queue_history; report.queue_history_by_hour; report.queue_state
          report.retention; report.route_rules; report.routing_by_hour; report.tables; report.throughput_by_hour
          report.unmatched_calls; report.version; report.webhook_loss; report.workers
        trunkline_router column UPDATE:
          hub.instance.seen_at; hub.instance.state; hub.instance.stopped_at
        trunkline_router function EXECUTE:
          hub.directory_heirs(integer,uuid[]); hub.directory_open(integer,uuid[]); hub.drop_route_partitions(interval)
          hub.gather_route_agents(integer,interval); hub.gather_route_callbacks(integer)
          hub.gather_route_rivals(integer,interval); hub.make_route_partitions(integer); hub.programs_from()
          hub.settings_at(integer,integer)
        trunkline_router schema USAGE:
          hub
        trunkline_router table DELETE INSERT SELECT:
          hub.instance
        trunkline_router table INSERT SELECT:
          hub.route_decision
        trunkline_router table SELECT:
          hub.api_key; hub.directory_change; hub.directory_decision; hub.directory_entry; hub.directory_number
          hub.directory_state; hub.erased_number; hub.own_number; hub.person; hub.route_number; hub.route_number_change
          hub.route_rule_set; hub.route_state; hub.schema_migration; hub.setting; hub.tenant
        trunkline_user_sync column UPDATE:
          hub.instance.seen_at; hub.instance.state; hub.instance.stopped_at; hub.tenant.changed_at; hub.tenant.dynamics_url
          hub.tenant.people_at; hub.tenant.people_matched_at; hub.tenant.people_version; hub.tenant.setting_version
        trunkline_user_sync function EXECUTE:
          hub.change_setting(integer,text,text,text,text); hub.directory_changed(integer,uuid[],uuid[],text[],boolean)
          hub.directory_heirs(integer,uuid[]); hub.directory_lock(integer); hub.error_group(jsonb)
          hub.forget_directory_changes(integer,interval)
          hub.job_add(text,integer,jsonb,text,boolean,text,smallint,timestamp with time zone,smallint,text)
          hub.job_add_buckets(bigint[],bigint[]); hub.job_adopt(integer); hub.job_advance(integer[],text[])
          hub.job_backoff(integer); hub.job_beat(integer,boolean); hub.job_buckets(double precision[])
          hub.job_chore_due(text); hub.job_claim(integer,smallint,integer,smallint[],integer[],bigint[],integer[],boolean[])
          hub.job_compact(boolean); hub.job_complete(integer,bigint[],bigint[],integer[],text[]); hub.job_count()
          hub.job_earlier(jsonb)
          hub.job_enqueue(text[],text[],integer[],smallint[],smallint[],jsonb[],text[],boolean[],text[],timestamp with time zone[])
          hub.job_enter(text,text,integer,smallint,integer,interval)
          hub.job_fail(integer,bigint[],bigint[],text[],bigint[],boolean[],boolean[],integer[],jsonb[],text[])
          hub.job_fire(); hub.job_hand_on(integer); hub.job_held_by(integer); hub.job_join(hub.job_ready)
          hub.job_kind_id(text); hub.job_leave(integer); hub.job_lines(smallint); hub.job_partitions(integer,integer)
          hub.job_pass(integer[],text[],tid[],bigint[]); hub.job_promote(integer); hub.job_queue_id(text)
          hub.job_release(integer[],smallint[],text[]); hub.job_rescue(); hub.job_ring(text); hub.job_ring_queue(smallint)
          hub.job_sleep(smallint); hub.job_supersede(bigint,integer,smallint,text); hub.job_tend(); hub.job_unhold()
          hub.job_verify(bigint[],bigint[]); hub.make_job_partitions(integer); hub.make_timeline_partitions(integer)
          hub.normalise_error(text); hub.programs_from()
          hub.schedule_next(interval,time without time zone,text,timestamp with time zone)
          hub.schedule_set(integer,text,text,text,smallint,smallint,jsonb,interval,time without time zone,text,boolean,boolean)
          hub.settings_at(integer,integer)
        trunkline_user_sync schema USAGE:
          hub
        trunkline_user_sync sequence USAGE:
          hub.dataverse_spend_seq; hub.job_seq; hub.timeline_seq
        trunkline_user_sync table DELETE INSERT SELECT:
          hub.dataverse_spend; hub.directory_change; hub.instance; hub.job_depth
        trunkline_user_sync table DELETE INSERT SELECT UPDATE:
          hub.dataverse_lease; hub.dataverse_server; hub.directory_entry; hub.directory_number; hub.dynamics_probe
          hub.dynamics_setting; hub.enreach_user; hub.job_bell; hub.job_key; hub.job_later; hub.job_lease; hub.job_ready
          hub.job_unique; hub.job_wait; hub.own_number; hub.person; hub.worker
        trunkline_user_sync table DELETE SELECT:
          hub.directory_ambiguity
        trunkline_user_sync table INSERT:
          hub.timeline
        trunkline_user_sync table INSERT SELECT:
          hub.job_dead; hub.job_done; hub.job_kind; hub.job_queue; hub.setting
        trunkline_user_sync table INSERT SELECT UPDATE:
          hub.callback_profile; hub.dataverse_budget; hub.directory_load; hub.directory_state; hub.job_depth_minute
          hub.job_stat; hub.schedule
        trunkline_user_sync table SELECT:
          hub.callback_check; hub.callback_profile_history; hub.directory_decision; hub.erased_number; hub.job_pause
          hub.jobs; hub.person_choice; hub.schema_migration; hub.tenant
        trunkline_user_sync table SELECT UPDATE:
          hub.job_chore
        """)
}
