#!/bin/sh
# Writes the digest behind every image's exact tag into docker-compose.yml and Dockerfile, so that a tag that is moved later
# changes nothing here. Asks the images' registries, by whichever of crane, skopeo and docker is installed. What no registry
# answers for stays as it is and is named, and the script ends with 1: a digest is never written by hand.
set -eu
cd "${1:-$(dirname "$0")/..}"

digest_of() {
  if command -v crane >/dev/null 2>&1; then crane digest "$1"
  elif command -v skopeo >/dev/null 2>&1; then skopeo inspect --format '{{.Digest}}' "docker://$1"
  else docker buildx imagetools inspect --format '{{.Manifest.Digest}}' "$1"
  fi 2>/dev/null
}

# Our own image is built here and has no registry.
images=$(sed -n -E 's/^ *image: *([^ ]+)$/\1/p; s/^FROM ([^ ]+).*/\1/p' docker-compose.yml Dockerfile |
  sed 's/@sha256:.*//' | sort -u | grep -v '^paymentwall-saga:')
failed=0
for image in $images; do
  digest=$(digest_of "$image") || digest=
  if ! printf '%s\n' "$digest" | grep -qxE 'sha256:[0-9a-f]{64}'; then
    echo "$image: no registry answered; left as it is" >&2
    failed=1
    continue
  fi
  for file in docker-compose.yml Dockerfile; do
    name=$(printf '%s' "$image" | sed 's/[.]/[.]/g')
    sed -E "s#^( *image: *|FROM )$name(@sha256:[0-9a-f]{64})?( .*)?\$#\\1$image@$digest\\3#" "$file" >"$file.pinned"
    cat "$file.pinned" >"$file"
    rm "$file.pinned"
  done
  echo "$image@$digest"
done
exit "$failed"
