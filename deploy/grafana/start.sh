#!/bin/sh
# Refuses to start without a password of its own, for Grafana's is "admin" where none is set; then becomes the server.
set -eu
if [ -z "${GF_SECURITY_ADMIN_PASSWORD:-}" ]; then
  echo 'GRAFANA_PASSWORD: set it in .env, or leave out the profile "monitoring"' >&2
  exit 1
fi
exec /run.sh
