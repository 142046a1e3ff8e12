#!/bin/bash
# Runs once, when PostgreSQL's volume is empty: an account and a database each for the ledger and for Temporal.
# Neither account is a superuser, and neither can read the other's database.
set -euo pipefail

psql -v ON_ERROR_STOP=1 --username postgres \
  -v ledger_password="$(cat /run/secrets/ledger-password)" \
  -v temporal_password="$(cat /run/secrets/temporal-password)" <<'SQL'
create role meterhall login password :'ledger_password';
create role temporal login password :'temporal_password';
create database meterhall owner meterhall;
create database temporal owner temporal;
create database temporal_visibility owner temporal;
revoke connect on database meterhall from public;
revoke connect on database temporal from public;
revoke connect on database temporal_visibility from public;
SQL
