# shellcheck shell=sh
# Start of every script: unset variables are errors, messages come in English so that they can be matched, no name is taken as a
# pattern, and the administrator's tools are found also where PATH is that of an ordinary user.
set -uf
LC_ALL=C
PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"
export LC_ALL PATH

# has COMMAND: true if it is there.
has() { command -v "$1" > /dev/null 2>&1; }
