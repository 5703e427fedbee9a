#!/bin/sh
# Prepares the namespace TEMPORAL_NAMESPACE for scenes: ten years' retention (a scene's earlier runs are closed runs) and
# our search attributes, the same as models/search_attributes.py. Safe to repeat; retries while the server still starts.
set -eu

retention=3650d

retry() {
  attempt=1
  until "$@"; do
    [ "$attempt" -lt 30 ] || { echo "gave up: $*" >&2; exit 1; }
    attempt=$((attempt + 1))
    sleep "${RETRY_SECONDS:-2}"
  done
}

create_unless_there() {
  temporal operator namespace describe --output none ||
    temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention "$retention"
}

retry temporal operator cluster health
retry create_unless_there
retry temporal operator namespace update --namespace "$TEMPORAL_NAMESPACE" --retention "$retention"
# One by one: of several --name the program registers only the first, and says that all went well.
for name in SceneStage SceneStep SceneCity SceneDomain SceneLead SceneRisk; do
  retry temporal operator search-attribute create --type Keyword --name "$name"
done
retry temporal operator search-attribute create --type Datetime --name SceneNextDue
