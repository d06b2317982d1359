#!/bin/sh
# Runs once, in an empty data folder: a user and a database for the merchant, and a user that may create Temporal's two.
set -eu
psql -v ON_ERROR_STOP=1 -v merchant="$MERCHANT_DB_PASSWORD" -v temporal="$TEMPORAL_DB_PASSWORD" --username "${POSTGRES_USER:-postgres}" <<'SQL'
create role merchant login password :'merchant';
create database merchant owner merchant;
create role temporal login createdb password :'temporal';
SQL
