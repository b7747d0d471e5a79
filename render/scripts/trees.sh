# shellcheck shell=sh
# Removing directories without ever following a mount or a link out of them.

# mounts_below DIRECTORY: the mounts on it and below it, deepest first, written as /proc/mounts does (a blank is \040).
mounts_below() {
  # Of no directory, which is what a link to nowhere leads to, and not of all.
  [ -n "$1" ] || return 0
  below=$1
  case $below in *[!A-Za-z0-9._/:@-]*) below=$(printf '%s' "$1" | sed 's/\\/\\134/g; s/ /\\040/g; s/	/\\011/g') ;; esac
  mounts=$(below=$below awk 'index($2 "/", ENVIRON["below"] "/") == 1 { print $2 }' /proc/mounts)
  [ -z "$mounts" ] || printf '%s\n' "$mounts" | sort -r
}

# unmount MOUNT: as mounts_below writes it.
unmount() {
  mount=$(printf '%b' "$(printf '%s' "$1" | sed 's/\\\([0-7][0-7][0-7]\)/\\0\1/g')")
  umount "$mount" 2> /dev/null || umount -l "$mount"
}

# remove_tree DIRECTORY: fails, and leaves all of it, while something is mounted below it: deleting through a mount is deleting a
# volume's data. A link or a mount in its place is the host's own, and so is what is there.
remove_tree() {
  if [ -L "$1" ]; then
    echo "$1 is a link to $(readlink -f "$1"), which stays" >&2
    return 0
  fi
  [ -e "$1" ] || return 0
  tree=$(readlink -f "$1") && [ -r /proc/mounts ] || return 1
  mounted=$(mounts_below "$tree")
  if [ "$mounted" = "$tree" ]; then
    echo "$1 is a mount of its own, what is on it stays" >&2
    return 0
  elif [ -n "$mounted" ]; then
    echo "$1 stays, there are mounts in use: $(printf '%s' "$mounted" | head -n 3 | tr '\n' ' ')" >&2
    return 1
  fi
  # Mounts that come in the meantime, or that this process cannot see.
  [ -n "${one_file_system-}" ] || one_file_system=$(rm -f --one-file-system 2> /dev/null && echo yes || echo no)
  if [ "$one_file_system" = yes ]; then
    rm -rf --one-file-system -- "$tree"
  else
    find "$tree" -xdev -depth \( -type d -exec rmdir {} \; -o -exec rm -f {} \; \)
    ! [ -e "$tree" ]
  fi
}
