/**
 * Start of every script: unset variables are errors, messages come in English so that they can be matched, and the
 * administrator's tools are found also where PATH is that of an ordinary user.
 */
export const prelude = `set -u
LC_ALL=C
PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"
export LC_ALL PATH
`;

/** `has COMMAND`: true if it is there. */
export const hasFunction = `has() { command -v "$1" >/dev/null 2>&1; }
`;

/** `as_root COMMAND...`: for scripts that the login user starts. */
export const asRootFunction = `as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi
}
`;

/**
 * `http_get HOST:PORT PATH`: prints the body; fails unless the answer is 200, or after 5 seconds. `can_http`: whether there
 * is a tool for it. Needs {@link hasFunction}. Proxies are never asked: the address is the host's own.
 */
export const httpFunctions = `can_http() { has curl || has wget || has bash; }
http_get() {
  if has curl; then
    curl -fsS --noproxy '*' --max-time 5 "http://$1$2" 2>/dev/null
  elif has wget; then
    http_proxy='' wget -q -T 5 -O - "http://$1$2" 2>/dev/null
  else
    timeout 5 bash -c '
      host=\${1%:*}; host=\${host#[}; host=\${host%]}
      exec 3<>"/dev/tcp/$host/\${1##*:}" || exit 1
      printf "GET %s HTTP/1.0\\r\\nHost: %s\\r\\n\\r\\n" "$2" "$1" >&3
      read -r _ status _ <&3
      while read -r line <&3 && [ -n "\${line%$(printf "\\r")}" ]; do :; done
      cat <&3
      [ "$status" = 200 ]
    ' bash "$1" "$2" 2>/dev/null
  fi
}
`;

/** `unit_state UNIT`: active, activating, failed, ... in one word. */
export const unitStateFunction = `unit_state() {
  state=$(systemctl is-active "$1" 2>/dev/null)
  echo "\${state:-unknown}"
}
`;

/**
 * `remove_chains TABLE REGEX`: deletes the iptables chains whose whole name matches (basic regular expression), and every rule
 * that jumps to them, in one transaction a family. What else is in the table is not touched. Needs {@link hasFunction}.
 */
export const removeChainsFunction = `remove_chains() {
  for tool in iptables ip6tables; do
    if ! has "$tool" || ! has "$tool-restore"; then continue; fi
    rules=$("$tool" -w -t "$1" -S 2>/dev/null) || continue
    chains=$(printf '%s\\n' "$rules" | sed -n "s/^-N \\($2\\)\\$/\\1/p")
    [ -n "$chains" ] || continue
    {
      echo "*$1"
      for chain in $chains; do
        printf '%s\\n' "$rules" | sed -n -e "s/^-A \\(.* -[jg] $chain\\( .*\\)\\{0,1\\}\\)\\$/-D \\1/p"
      done
      for chain in $chains; do echo "-F $chain"; done
      for chain in $chains; do echo "-X $chain"; done
      echo COMMIT
    } | "$tool-restore" -w --noflush || echo "$tool: chains $chains of table $1 could not be removed" >&2
  done
}
`;
