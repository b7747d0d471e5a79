# shellcheck shell=sh
# each_tool FUNCTION TABLE REGEX: for iptables and ip6tables, what `FUNCTION REGEX` says of the table's rules (in $rules), in one
# transaction a family. What else is in the table is not touched.
each_tool() {
  for tool in iptables ip6tables; do
    if ! has "$tool" || ! has "$tool-restore"; then continue; fi
    rules=$("$tool" -w -t "$2" -S 2> /dev/null) || continue
    changes=$("$1" "$3")
    [ -n "$changes" ] || continue
    printf '*%s\n%s\nCOMMIT\n' "$2" "$changes" | "$tool-restore" -w --noflush \
      || echo "$tool: these changes of table $2 could not be made: $changes" >&2
  done
}

# remove_chains TABLE REGEX: deletes the iptables chains whose whole name matches (basic regular expression), and every rule that
# jumps to them.
remove_chains() { each_tool without_chains "$@"; }
without_chains() {
  chains=$(printf '%s\n' "$rules" | sed -n "s/^-N \($1\)\$/\1/p")
  for chain in $chains; do
    printf '%s\n' "$rules" | sed -n -e "s/^-A \(.* -[jg] $chain\( .*\)\{0,1\}\)\$/-D \1/p"
  done
  for chain in $chains; do echo "-F $chain"; done
  for chain in $chains; do echo "-X $chain"; done
}

# remove_rules TABLE REGEX: deletes the rules that match.
remove_rules() { each_tool without_rules "$@"; }
without_rules() { printf '%s\n' "$rules" | sed -n "/$1/s/^-A /-D /p"; }

# has_chain TABLE NAME: in either family.
has_chain() { { iptables -w -t "$1" -n -L "$2" || ip6tables -w -t "$1" -n -L "$2"; } > /dev/null 2>&1; }

# remove_nft_tables NAME: in both families.
remove_nft_tables() {
  has nft || return 0
  for family in ip ip6; do nft delete table "$family" "$1" 2> /dev/null; done
}
# has_nft_table NAME: in either family.
has_nft_table() { { nft list table ip "$1" || nft list table ip6 "$1"; } > /dev/null 2>&1; }
