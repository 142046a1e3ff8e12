#!/bin/sh
# Brings Temporal's schemas to the version of this image. Safe to run again: it does nothing when they are current.
set -eu

SQL_PASSWORD="$(cat /run/secrets/temporal-password)"
export SQL_PASSWORD

tool() {
  database=$1
  shift
  temporal-sql-tool --plugin postgres12 --ep postgres -p 5432 -u temporal --db "$database" "$@"
}

for pair in temporal:temporal temporal_visibility:visibility; do
  database=${pair%%:*}
  versions=/etc/temporal/schema/postgresql/v12/${pair##*:}/versioned
  # makes the table of versions; on a database that has a later version it changes nothing
  tool "$database" setup-schema -v 0.0
  tool "$database" update-schema -d "$versions"
done
