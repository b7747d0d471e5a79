# shellcheck shell=sh
# remove_chains TABLE REGEX: deletes the iptables chains whose whole name matches (basic regular expression), and every rule that
# jumps to them, in one transaction a family. What else is in the table is not touched.
remove_chains() {
  for tool in iptables ip6tables; do
    if ! has "$tool" || ! has "$tool-restore"; then continue; fi
    rules=$("$tool" -w -t "$1" -S 2> /dev/null) || continue
    chains=$(printf '%s\n' "$rules" | sed -n "s/^-N \($2\)\$/\1/p")
    [ -n "$chains" ] || continue
    {
      echo "*$1"
      for chain in $chains; do
        printf '%s\n' "$rules" | sed -n -e "s/^-A \(.* -[jg] $chain\( .*\)\{0,1\}\)\$/-D \1/p"
      done
      for chain in $chains; do echo "-F $chain"; done
      for chain in $chains; do echo "-X $chain"; done
      echo COMMIT
    } | "$tool-restore" -w --noflush || echo "$tool: chains $chains of table $1 could not be removed" >&2
  done
}

# remove_nft_tables NAME: in both families.
remove_nft_tables() {
  has nft || return 0
  for family in ip ip6; do nft delete table "$family" "$1" 2> /dev/null; done
}
