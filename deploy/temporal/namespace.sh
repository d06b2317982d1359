#!/bin/sh
# Creates the namespace with its retention, and the search attributes that the sagas set. Safe to run at every start.
set -eu
export TEMPORAL_ADDRESS
temporal operator namespace describe --namespace "$NAMESPACE" >/dev/null 2>&1 ||
  temporal operator namespace create --namespace "$NAMESPACE" --retention "$RETENTION"
tries=0
until temporal operator search-attribute create --namespace "$NAMESPACE" \
  --name SagaState --type Keyword --name Attention --type Keyword --name Gateway --type Keyword \
  --name GatewayRef --type Keyword --name PaymentwallRef --type Keyword --name MerchantUid --type Keyword \
  --name Currency --type Keyword --name PayerCountry --type Keyword --name Owner --type Keyword \
  --name AmountMinor --type Int --name WaitingSince --type Datetime --name NextCheckpoint --type Datetime \
  --name TestChannel --type Bool; do
  tries=$((tries + 1))
  [ "$tries" -lt 30 ] || exit 1
  echo 'the server does not see the namespace yet; trying again'
  sleep 1
done
