# shellcheck shell=sh
# reason UNIT: why it is not well, in at most 5 lines of its journal: the last errors of its last start, or, where that one has
# said none yet, of the start before; else its last lines. No goroutines, no control characters, at most 400 characters a line,
# of which the beginning of its `err=` is never cut.
reason() {
  journalctl -u "$1" -n 3000 --no-pager -q -o cat 2> /dev/null | tr -d '\000-\010\013-\037\177' | tr '\011' ' ' | awk '
    # Lines of a unit that prints the same error again and again are one.
    function note(line,   key) {
      key = line
      sub(/^[IWEF][0-9][0-9][0-9][0-9] [^]]*] /, "", key)
      last[key] = ++count
      lines[count] = line
      keys[count] = key
    }
    # The last errors of one start; one that ended well says nothing of the next.
    function keep(ended,   i, found, text) {
      text = ""
      for (i = count; i > 0 && found < 5; i--)
        if (last[keys[i]] == i) { text = cut(lines[i]) "\n" text; found++ }
      if (text != "" || (ended && !failed)) errors = ended && !failed ? "" : text
      split("", last)
      count = failed = 0
    }
    function cut(line,   at) {
      if (length(line) <= 400) return line
      at = index(line, "err=")
      if (at == 0 || at + 204 <= 400) return substr(line, 1, 397) "..."
      return substr(line, 1, 150) " ... " substr(line, at, 242) "..."
    }
    /\.service: (Main process exited|Failed with result)/ { failed = 1 }
    /^Starting / { keep(1); starting = 1 }
    /^Started / { if (!starting) keep(1); starting = 0 }
    /^(Starting|Started|Stopping|Stopped) |^[IWEF][0-9][0-9][0-9][0-9] |\.service: / { dump = 0 }
    /^goroutine [0-9]+ / { dump = 1 }
    dump || /^ *$/ { next }
    { tail[++total] = $0 }
    /^[EF][0-9][0-9][0-9][0-9] |^\[ALERT\]|panic:|[Ff]atal|FATAL|err=|[Ff]ailed to|Error/ { note($0) }
    END {
      keep(0)
      if (errors != "") printf "%s", errors
      else for (i = total > 5 ? total - 4 : 1; i <= total; i++) print cut(tail[i])
    }'
}
