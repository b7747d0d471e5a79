# shellcheck shell=sh
# Where units are looked for, the first of two equal names wins (systemd.unit(5)).
unit_directories='/etc/systemd/system
/run/systemd/system
/usr/local/lib/systemd/system
/usr/lib/systemd/system'
[ -L /lib ] || unit_directories="$unit_directories
/lib/systemd/system"

# unit_files UNIT: the files of that name; a masked unit, which is a link to /dev/null, is none.
unit_files() {
  for directory in $unit_directories; do
    [ ! -s "$directory/$1" ] || echo "$directory/$1"
  done
}

# drop_ins UNIT: those that count for it, one a line: "replaces|PATH" if another program would run, else "adds|PATH". Of the
# distribution's for all services only those of the first kind. Of one file name the first counts, whichever folder it is in.
drop_ins() {
  names='' folders="$1.d service.d"
  case ${1%.service} in *-*) folders="$1.d ${1%-*}-.service.d service.d" ;; esac
  for folder in $folders; do
    for directory in $unit_directories; do
      [ -d "$directory/$folder" ] || continue
      for path in $(find "$directory/$folder/" -maxdepth 1 -name '*.conf' 2> /dev/null | sort); do
        name=${path##*/}
        case "$names " in *" $name "*) continue ;; esac
        names="$names $name"
        if grep -Eqs '^[[:space:]]*ExecStart[[:space:]]*=' "$path"; then
          echo "replaces|$path"
        elif [ -s "$path" ]; then
          case $path in /usr/lib/*/service.d/* | /lib/*/service.d/*) ;; *) echo "adds|$path" ;; esac
        fi
      done
    done
  done
}

# replaces_program UNIT PATH: what is said of a drop-in of the first kind.
replaces_program() { echo "replaces ExecStart of $1; remove it, or mask it: ln -s /dev/null /etc/systemd/system/$1.d/${2##*/}"; }
