#!/bin/sh
# Creates Temporal's two databases and brings their schemas up to date. Safe to run at every start.
set -eu
for pair in temporal:temporal temporal_visibility:visibility; do
  database=${pair%%:*}
  folder=${pair##*:}
  tool() { temporal-sql-tool --plugin "$SQL_PLUGIN" --ep "$SQL_HOST" -p "$SQL_PORT" -u "$SQL_USER" --db "$database" "$@"; }
  # An existing database, or an existing schema, is no failure: the update below says what is really wrong.
  tool create || echo "$database exists already"
  tool setup-schema -v 0.0 || echo "$database has a schema already"
  tool update-schema -d "/etc/temporal/schema/postgresql/v12/$folder/versioned"
done
