# shellcheck shell=sh
# What a look at binaries and their change share. Functions need `members`, `directory` and `fingerprint`.
members_seen() { for member in $members; do report_digests "$directory/$member"; done; }
# unpacked: whether the archive of that fingerprint was unpacked, and all is as it was then.
unpacked() {
  [ -n "$fingerprint" ] && [ "$(cat "$state/$name.archive" 2> /dev/null)" = "$fingerprint" ] \
    && [ "$(members_seen)" = "$(cat "$state/$name.sums")" ]
}
