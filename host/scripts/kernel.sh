# shellcheck shell=sh
# Kernel modules and parameters. Parameters are written over /proc/sys, so that the sysctl tool is not needed, and only where they
# differ, so that a read-only /proc/sys that is right passes.

. ../../base/scripts/modules.sh

# load_module MODULE PATH OPTION
load_module() {
  module_present "$1" "$2" "$3" && return
  answer=$(modprobe "$1" 2>&1) && return
  echo "modules: kernel module $1 is neither loaded nor built in and modprobe cannot load it ($answer);" \
    "install the kernel's module package, or load it on the machine that runs this container" >&2
  failed=1
}

parameter_file() { printf '/proc/sys/%s' "$(printf %s "$1" | tr ./ /.)"; }
parameter() { tr '\t' ' ' 2> /dev/null < "$(parameter_file "$1")"; }
set_parameter() {
  seen=$(parameter "$1" 2> /dev/null) || seen=missing
  [ "$seen" = "$2" ] && return
  (printf '%s\n' "$2" > "$(parameter_file "$1")") 2> /dev/null && [ "$(parameter "$1")" = "$2" ] && return
  echo "sysctl: $1 is $seen: must be $2 and cannot be set; load the kernel module it belongs to or make /proc/sys writable" >&2
  failed=1
}
