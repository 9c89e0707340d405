#!/bin/sh
# Run by the image once, when the database is made: a login for each program, in the role that the migrations grant to.
set -eu
for pair in callsync:call_sync usersync:user_sync callbacksync:callback_sync router:router console:console; do
    role=${pair#*:}
    secret=/run/secrets/database-$(echo "$role" | tr _ -)
    psql --set ON_ERROR_STOP=1 --set login="${pair%%:*}" --set role="trunkline_$role" --set password="$(cat "$secret")" \
        --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
CREATE ROLE :"role" NOLOGIN;
CREATE ROLE :"login" LOGIN PASSWORD :'password' IN ROLE :"role";
SQL
done
