# shellcheck shell=sh
# Binaries that are staged, put in place one by one by rename: programs at paths of their version, and members of an archive; prints
# the digest of each member, and `made|PATH` for each directory that is ours. Versions that are not wanted any more go once no unit starts them.
. ./library.sh
. ./artifact.sh
. ./superseded.sh
. ./programDigests.sh
: "${programs?for each program PATH SHA256}"
: "${directory?that members of the archive are installed in}"
: "${members?names in the archive}"
: "${archive?digest of the archive}"
: "${fingerprint?of the archive and what is wanted of it; empty: there is none}"
: "${known?paths that the program has installed before}"
: "${made?directories that it has made before}"
: "${former?name of this set before, whose list is taken over}"
: "${later?yes where what is not wanted any more goes with the next change of a service}"
. ./binaries.sh

wanted=''

# A directory that another resource of ours has made is this one's too, which is removed after that one.
share_directories() {
  set +f
  lists="
$(cat "$state"/*.owned 2> /dev/null)
"
  set -f
  above=$1
  while [ -n "$above" ]; do
    case $lists in
      *"
d $above
"*) own d "$above" ;;
    esac
    above=${above%/*}
  done
}
take_over_list() {
  [ -n "$former" ] && [ -f "$state/$former.owned" ] || return 0
  while read -r kind path; do own "$kind" "$path"; done < "$state/$former.owned"
  rm -f "$state/$former.archive" "$state/$former.sums" "$state/$former.owned"
}

# install_program PATH SHA256
install_program() {
  wanted="$wanted $1"
  share_directories "${1%/*}"
  if ! [ -L "$1" ] && large_digest "$1" && [ "$digest" = "$2" ]; then
    keep_original "$1"
    set_mode "$1" 755 root:root
    return
  fi
  [ -f "$(staged_file "$2")" ] || fail "$1 is not staged any more; was it taken away? Run the same command again"
  make_directory "${1%/*}" 0755 || fail "cannot create the directory of $1"
  install_binary "$(staged_file "$2")" "$1"
}
install_binary() {
  keep_original "$2"
  beside "$2"
  chown root:root "$1" && chmod 0755 "$1" && mv -f "$1" "$new" || fail "cannot put $2 in place"
  # It has the label of the place where it was staged, and with that one SELinux would not let systemd start it.
  ! has restorecon || restorecon "$new" 2> /dev/null
  swap "$2" || fail "cannot put $2 in place"
  settle "$2"
}

install_members() {
  unpacked=$stage/unpacked
  [ -f "$(staged_file "$archive")" ] || fail "the archive is not staged any more; was it taken away? Run the same command again"
  make_directory "$directory" 0755 || fail "cannot create $directory"
  rm -rf "$unpacked"
  mkdir -m 0700 "$unpacked" && tar -xzf "$(staged_file "$archive")" -C "$unpacked" || fail "cannot unpack the archive"
  for member in $members; do
    { [ -f "$unpacked/$member" ] && ! [ -L "$unpacked/$member" ]; } || fail "the archive has no file $member"
  done
  for member in $members; do install_binary "$unpacked/$member" "$directory/$member"; done
  members_seen > "$state/$name.sums"
  echo "$fingerprint" > "$state/$name.archive"
  sync "$directory" 2> /dev/null || sync
}
# Paths on the list that are not wanted, and those that a retirement which was cut off has not ended with.
unwanted() {
  owned_paths f
  # shellcheck disable=SC2086
  for path in $({
    printf '%s\n' $owned_paths
    cat "$state/$name.superseded" 2> /dev/null
  } | sort -u); do
    case " $wanted $state/$name.archive $state/$name.sums $state/$name.digests " in *" $path "*) ;; *) echo "$path" ;; esac
  done
}

# shellcheck disable=SC2086
main() {
  take_over_list
  own_known
  set -- $programs
  while [ $# -gt 0 ]; do
    install_program "$1" "$2"
    shift 2
  done
  note_digests "$programs"
  if [ -n "$fingerprint" ]; then
    own f "$state/$name.archive"
    own f "$state/$name.sums"
    unpacked || install_members
    for member in $members; do wanted="$wanted $directory/$member"; done
  fi
  supersede "$(unwanted)"
  [ -n "$later" ] || retire_superseded
  hold_list
  members_seen
  report_directories
  rm -rf "$stage"
}
main < /dev/null
