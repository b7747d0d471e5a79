# shellcheck shell=sh
# Artifacts on their way. Their bytes are staged in a directory of the resource's own, whose place says whose it is: no list and no
# lock is needed, and other changes of the host go on meanwhile. Each attempt writes a file of its own, which a script that a run
# before has left behind knows nothing of; what is whole and right is called by its digest alone.
stage=$state/$name.staged

open_stage() {
  [ -d "$state" ] || mkdir -m 0700 "$state" && mkdir -p -m 0700 "$stage" || fail "cannot create $stage"
}
staged_file() { printf '%s/%s' "$stage" "$1"; }
size() { stat -c %s "$1"; }

# part_of SHA256: the longest file of an attempt that was cut off.
part_of() (
  longest='' most=0
  set +f
  for file in "$stage/$1".part.*; do
    [ -f "$file" ] && [ "$(size "$file")" -gt "$most" ] && longest=$file && most=$(size "$file")
  done
  [ -n "$longest" ] && echo "$longest"
)
remove_parts() (
  set +f
  for file in "$stage/$1".part.*; do [ "$file" = "$2" ] || rm -f "$file"; done
)

# take_part SHA256 BYTES NEW: begins a file with as many bytes, or `all`, of what is there. A copy: somebody may still write to that.
take_part() {
  : > "$3" || fail "cannot write $3"
  if [ "$2" != 0 ] && part=$(part_of "$1"); then
    case $2 in all) cat "$part" ;; *) head -c "$2" "$part" ;; esac > "$3" || fail "cannot write $3; is the disk full?"
  fi
  remove_parts "$1" "$3"
}

# finish_artifact NEW SHA256 SOURCE: gives it its name where it is the right one; else nothing is left of it.
finish_artifact() {
  large_digest "$1"
  if [ "$digest" != "$2" ]; then
    rm -f "$1"
    fail "$3: SHA-256 is ${digest:-not to be read}, expected $2; nothing was installed"
  fi
  chown root:root "$1" && chmod 0755 "$1" && sync "$1" && mv -f "$1" "$(staged_file "$2")" || fail "cannot finish $1"
}
