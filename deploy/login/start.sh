#!/bin/sh
# Writes who may log in, to memory alone, and becomes the server. The password is in this container's environment already.
set -eu
: "${TEMPORAL_UI_USER:?}" "${TEMPORAL_UI_PASSWORD:?}"
case "$TEMPORAL_UI_USER$TEMPORAL_UI_PASSWORD" in
*[!A-Za-z0-9._-]*) echo 'TEMPORAL_UI_USER and TEMPORAL_UI_PASSWORD are letters, digits, dots, dashes and underscores' >&2 && exit 1 ;;
esac
umask 077
printf '%s:{PLAIN}%s\n' "$TEMPORAL_UI_USER" "$TEMPORAL_UI_PASSWORD" >/tmp/users
unset TEMPORAL_UI_PASSWORD
exec nginx -e stderr -c /deploy/nginx.conf -g 'daemon off;'
