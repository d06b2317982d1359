#!/bin/sh
# Checks the alert rules with Prometheus's own tool where it is installed, and says so where it is not.
set -eu
rules="$(dirname "$0")/prometheus-rules.yml"
if command -v promtool >/dev/null 2>&1; then
  exec promtool check rules "$rules"
fi
echo "skipped: promtool is not installed here, so $rules was not checked by it; it comes with Prometheus" >&2
