#!/bin/sh
# shellcheck shell=sh
# What a CI does with a stack, for every CI: `ci/pulumi.sh preview|up|drift STACK`, in the folder of Pulumi.yaml, with the CLI logged in.
#
#   preview   for a pull request: writes preview.json and comment.md, which the CI posts. Needs no host, no cluster and no SSH key.
#   up        on merge. A host that fails stops no other, and fails the run at its end.
#   drift     each night: ends with an error, and writes what differs, where hosts or cluster are not what the program says.
#
# RUN_URL, if it is set, is the address that the comment links to.
set -eu

usage() {
  sed -n 's/^# \{0,1\}//; 3,9p' "$0" >&2
  exit 2
}

[ "$#" -eq 2 ] || usage
action="$1"
stack="$2"
tool="${KUBERNETES_WORKER_NODES:-npx --no-install kubernetes-worker-nodes}"

comment() {
  # The name of a command with its arguments: it has to fall apart into words.
  # shellcheck disable=SC2086
  $tool preview-comment --stack "$stack" ${RUN_URL:+--details "$RUN_URL"} preview.json > comment.md
}

# Writes preview.json and comment.md, and keeps how the CLI ended: the comment says why a preview failed.
previewed() {
  status=0
  pulumi preview --json --show-sames --non-interactive --stack "$stack" "$@" > preview.json || status=$?
  comment
  cat comment.md
  return "$status"
}

case "$action" in
  preview) previewed ;;
  up) pulumi up --yes --continue-on-error --non-interactive --stack "$stack" ;;
  drift) previewed --refresh --expect-no-changes ;;
  *) usage ;;
esac
