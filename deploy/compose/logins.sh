#!/bin/sh
# Run by the image once, when the database is made: a login for each program and one for operators, each in the role that the migrations
# grant to.
set -eu
for login in call_sync user_sync callback_sync router console operator; do
    secret=/run/secrets/database-$(echo "$login" | tr _ -)
    psql --set ON_ERROR_STOP=1 --set login="$login" --set role="trunkline_$login" --set password="$(cat "$secret")" \
        --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
CREATE ROLE :"role" NOLOGIN;
CREATE ROLE :"login" LOGIN PASSWORD :'password' IN ROLE :"role";
SQL
done
