#!/bin/sh
# Checks Prometheus's configuration, and the alert rules that it names, with Prometheus's own tool where it is installed, and
# says so where it is not.
set -eu
config="$(dirname "$0")/prometheus.yml"
if command -v promtool >/dev/null 2>&1; then
  exec promtool check config "$config"
fi
echo "skipped: promtool is not installed here, so $config and its rules were not checked by it; it comes with Prometheus" >&2
