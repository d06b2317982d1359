#!/bin/sh
# In an empty data folder: the roles of the merchant's database and of Temporal's. May be run again, in one of before too.
#   merchant_owner  owns the tables and migrates them; only the one-shot "migrate" has its password
#   merchant        reads and writes rows, and can alter nothing: api and worker
#   temporal        may create Temporal's two databases, and gets nowhere near the merchant's
set -eu
psql -v ON_ERROR_STOP=1 -v owner="$MERCHANT_OWNER_DB_PASSWORD" -v merchant="$MERCHANT_DB_PASSWORD" \
  -v temporal="$TEMPORAL_DB_PASSWORD" --username "${POSTGRES_USER:-postgres}" --dbname postgres <<'SQL'
select format('create role %I login', name) from unnest(array['merchant_owner', 'merchant', 'temporal']) as name
  where not exists (select 1 from pg_roles where rolname = name) \gexec
alter role merchant_owner password :'owner';
alter role merchant password :'merchant';
alter role temporal createdb password :'temporal';
select 'create database merchant owner merchant_owner'
  where not exists (select 1 from pg_database where datname = 'merchant') \gexec
alter database merchant owner to merchant_owner;
revoke all on database merchant from public, merchant;
grant connect on database merchant to merchant;
\connect merchant
-- In a database of before, merchant owned what merchant_owner owns now.
reassign owned by merchant to merchant_owner;
revoke create on schema public from public;
grant usage on schema public to merchant;
grant select, insert, update, delete on all tables in schema public to merchant;
grant usage, select on all sequences in schema public to merchant;
alter default privileges for role merchant_owner in schema public
  grant select, insert, update, delete on tables to merchant;
alter default privileges for role merchant_owner in schema public grant usage, select on sequences to merchant;
SQL
