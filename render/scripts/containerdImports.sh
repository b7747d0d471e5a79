# shellcheck shell=sh
# The text of containerd's own configuration without comments, on one line. Needs paths.sh.
containerd_settings() { sed 's/#.*//' "$containerd_config" 2> /dev/null | tr '\n' ' '; }

# imports_drop_ins: true if containerd reads the folder of our drop-in; without config.toml, or `imports` in it, it does not.
imports_drop_ins() {
  containerd_settings | grep -Eq "imports *= *\[[^]]*[\"']($containerd_drop_ins|conf\.d)/\*\.toml[\"']"
}

# containerd_version: without the leading "v".
containerd_version() { containerd --version | cut -d' ' -f3 | sed 's/^v//'; }

# is_old VERSION: true for one that does not read what we write, and for none.
is_old() {
  case ${1%%.*} in
    '' | *[!0-9]* | 0 | 1) return 0 ;;
    *) return 1 ;;
  esac
}
