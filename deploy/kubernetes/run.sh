#!/bin/sh
# Runs one of the program's own commands in a Pod with the worker's settings, shows what it says, and ends as it ends:
#   sh deploy/kubernetes/run.sh after-restore
#   IMAGE=registry.example.com/paymentwall-saga:0.2.0 sh deploy/kubernetes/run.sh replay-check
# The worker's Deployment must be there; it may have no Pods. Needs kubectl 1.31 or later, with its namespace set, and jq.
set -eu
: "${1:?which command? after-restore, doctor, replay-check or restart}"
name="paymentwall-saga-$1"
# No probe, for it serves nothing; no label, so that nothing selects it.
kubectl get deployment paymentwall-saga-worker --output json | jq --arg name "$name" --arg image "${IMAGE:-}" '
  .spec.template.spec
  | .restartPolicy = "Never"
  | .containers[0] |= (
      del(.startupProbe, .readinessProbe, .livenessProbe, .ports)
      | .args = $ARGS.positional
      | if $image == "" then . else .image = $image end)
  | { apiVersion: "v1", kind: "Pod", metadata: { name: $name }, spec: . }' --args -- "$@" | kubectl create --filename -
trap 'kubectl delete pod "$name" --wait=false >/dev/null' EXIT
kubectl logs "pod/$name" --follow --pod-running-timeout=5m
ended='{.status.containerStatuses[0].state.terminated.exitCode}'
kubectl wait "pod/$name" --for=jsonpath="$ended" --timeout=1m >/dev/null
exit "$(kubectl get "pod/$name" --output jsonpath="$ended")"
