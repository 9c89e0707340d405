#!/bin/sh
# Run by the image once, when the database is made: a login for each program, in the role that the migrations grant to.
set -eu
password=$(cat /run/secrets/database)
for pair in callsync:trunkline_call_sync usersync:trunkline_user_sync callbacksync:trunkline_callback_sync router:trunkline_router; do
    psql --set ON_ERROR_STOP=1 --set login="${pair%%:*}" --set role="${pair#*:}" --set password="$password" \
        --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
CREATE ROLE :"role" NOLOGIN;
CREATE ROLE :"login" LOGIN PASSWORD :'password' IN ROLE :"role";
SQL
done
