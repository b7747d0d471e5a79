# shellcheck shell=sh
# remove_namespace FILE: takes away a network namespace that was made for a pod, unless a process still runs in it.
remove_namespace() {
  [ -e "$1" ] || return 0
  case ${1##*/} in cni-*) ;; *) return 0 ;; esac
  inode=$(stat -L -c %i "$1") || return 0
  if (
    set +f
    stat -L -c %i /proc/[0-9]*/ns/net 2> /dev/null
  ) | grep -qx "$inode"; then
    echo "$1 stays, processes run in it" >&2
    return 0
  fi
  umount "$1" 2> /dev/null
  rm -f "$1"
}
