#!/bin/sh
# shellcheck shell=sh
# Posts a comment on a pull request, or renews the one of before with the same mark: `ci/postComment.sh OWNER/REPO NUMBER FILE`.
# Needs gh (GitHub's CLI) with GH_TOKEN.
set -eu

[ "$#" -eq 3 ] || {
  sed -n '3,4p' "$0" >&2
  exit 2
}
repository="$1"
number="$2"
file="$3"

# The first line is a mark that names the stack, and is not to be seen.
mark="$(sed -n 1p "$file")"
known="$(gh api --paginate "repos/$repository/issues/$number/comments" \
  | MARK="$mark" node -e '
    const comments = JSON.parse(require("node:fs").readFileSync(0, "utf8").replaceAll("][", ","));
    console.log(comments.find(({ body }) => body.startsWith(process.env.MARK))?.id ?? "");
  ')"
if [ -n "$known" ]; then
  gh api --method PATCH "repos/$repository/issues/comments/$known" -F "body=@$file" > /dev/null
else
  gh api --method POST "repos/$repository/issues/$number/comments" -F "body=@$file" > /dev/null
fi
