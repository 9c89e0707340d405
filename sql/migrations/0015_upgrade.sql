-- Two releases side by side: an upgrade replaces one instance after another, so programs of the release before run on this schema meanwhile,
-- and one of them that is started again has to be let in. Each later migration replaces the function and says anew from which version on.

CREATE FUNCTION hub.programs_from()
RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = hub, pg_temp
RETURN 15;

COMMENT ON FUNCTION hub.programs_from IS 'The oldest version of the schema whose programs work on this one.';

GRANT EXECUTE ON FUNCTION hub.programs_from TO
    trunkline_call_sync, trunkline_user_sync, trunkline_callback_sync, trunkline_router, trunkline_console,
    trunkline_operator, trunkline_monitor;
