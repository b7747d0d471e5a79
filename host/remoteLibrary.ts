import { shellQuote } from "../base/shellQuote";

/** Where a host keeps, for each resource, the list of what we wrote there. */
const stateDirectory = "/var/lib/kubernetes-worker-nodes";

/** Held by the one script that runs; on a file system that a reboot empties. */
const lockFile = "/run/kubernetes-worker-nodes.lock";

/** How long a script waits for another one; less than a script may take altogether (session.ts). */
const lockSeconds = 540;

/**
 * Shell functions every script of ours starts with. They need a POSIX shell, coreutils, flock and, for services, systemd.
 *
 * Ownership is kept on the host (`$state/<name>.owned`, one `f PATH` or `d PATH` a line), recorded before a thing is
 * written, so that removal takes away what we wrote and nothing else even after a run that was cut off. A file that was
 * there before ours comes back when ours goes.
 *
 * A change is staged beside its place (`.<name>.new`), then swapped by rename; the version before it stays beside
 * (`.<name>.old`, a hard link) until the change is known to be good.
 *
 * A script outlives the run that sent it: it goes on to its end when the connection is lost, whatever it has to say then
 * (SIGPIPE is ignored), and one of the next run waits for it. The lock is a file that only root can open, so that nobody
 * else can hold it; it goes when nothing of ours is left, and whoever waited for a lock that is gone takes the new one.
 */
const library = String.raw`
set -u
umask 022
LC_ALL=C
PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"
export LC_ALL PATH
trap '' PIPE
fail() { printf '%s\n' "$*" >&2; exit 1; }
held=''
for attempt in 1 2 3 4 5; do
  (umask 077; : >>"$lock") || fail "cannot write $lock"
  exec 9<"$lock"
  flock -w ${String(lockSeconds)} 9 || fail "another script of ours has been changing this host for ${String(lockSeconds)} s; see what it waits for: ps -ef"
  [ "$lock" -ef /dev/fd/9 ] && held=yes && break
done
[ -n "$held" ] || fail "$lock is another file each time it was waited for; see who removes it"
present() { [ -e "$1" ] || [ -L "$1" ]; }
beside() { printf '%s/.%s.%s' "$(dirname "$1")" "$(basename "$1")" "$2"; }
owns() { grep -qxF "$1 $2" "$owned" 2>/dev/null; }
own() {
  [ -d "$state" ] || mkdir -m 0700 "$state" || exit 1
  owns "$1" "$2" || printf '%s %s\n' "$1" "$2" >>"$owned" || fail "cannot write $owned"
}
original() { printf '%s/original%s' "$state" "$(printf %s "$1" | tr / :)"; }
make_directory() (
  [ -d "$1" ] && exit 0
  make_directory "$(dirname "$1")" "$2" || exit 1
  own d "$1" && mkdir -m "$2" "$1"
)
digest() { sha256sum <"$1" 2>/dev/null | cut -d' ' -f1; }
staged=''
stage_file() {
  if [ -f "$1" ] && [ "$(digest "$1")" = "$4" ]; then
    [ "$(stat -c '%a %U:%G' "$1")" = "$2 $3" ] || { chown "$3" "$1" && chmod "$2" "$1"; } || fail "cannot set mode $2 and owner $3 of $1"
    return
  fi
  make_directory "$(dirname "$1")" 0755 || fail "cannot create the directory of $1"
  new=$(beside "$1" new)
  (umask 077; printf %s "$5" | base64 -d >"$new") && chown "$3" "$new" && chmod "$2" "$new" && sync "$new" || fail "cannot write $new"
  staged="$staged $1"
}
swap() {
  old=$(beside "$1" old)
  if present "$1" && ! owns f "$1"; then
    # A link, as that of a masked unit, is kept as a link.
    mkdir -p -m 0700 "$state" && cp -dp "$1" "$(original "$1")" || fail "cannot keep the original of $1"
  fi
  own f "$1"
  if ! present "$old" && [ ! -e "$old-absent" ]; then
    if present "$1"; then ln -P "$1" "$old"; else : >"$old-absent"; fi || fail "cannot keep the version before $1"
  fi
  mv -f "$(beside "$1" new)" "$1" || fail "cannot put $1 in place"
}
put_back() {
  old=$(beside "$1" old)
  if present "$old"; then mv -f "$old" "$1"; elif [ -e "$old-absent" ]; then rm -f "$old-absent" "$1"; fi
}
settle() { old=$(beside "$1" old); rm -f "$old" "$old-absent"; }
report_file() {
  [ -f "$1" ] || return 0
  if [ "$(digest "$1")" = "$2" ]; then kept=same; else kept="changed|$(head -c 1000000 "$1" | base64 | tr -d '\n')"; fi
  printf 'file|%s|%s|%s\n' "$1" "$(stat -c '%a|%U:%G' "$1")" "$kept"
}
remove_owned() {
  [ -f "$owned" ] || return 0
  sed -n 's/^f //p' "$owned" | while read -r path; do
    rm -f "$path" "$(beside "$path" new)" "$(beside "$path" old)" "$(beside "$path" old-absent)"
    ! present "$(original "$path")" || mv "$(original "$path")" "$path"
  done
  sed -n 's/^d //p' "$owned" | sort -r | while read -r path; do rmdir "$path" 2>/dev/null; done
  rm -f "$owned"
}
forget_state() { rmdir "$state" 2>/dev/null && rm -f "$lock"; return 0; }
`;

/**
 * A whole script: the library and a body, in one function so that no command of the body can read the rest of the
 * script from standard input.
 *
 * @param name names the resource's list of owned paths; unique on the host.
 */
export function remoteScript(name: string, body: string): string {
  const state = `lock=${lockFile}\nstate=${stateDirectory}\nowned=$state/${shellQuote(name)}.owned`;
  return `${state}\n${library}\nmain() {\n${body}\n}\nmain </dev/null\n`;
}
