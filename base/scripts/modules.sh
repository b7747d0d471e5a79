# shellcheck shell=sh
# Kernel modules, loaded or built in.

kernel_release=''
# kernel_release: sets the variable of that name, once.
kernel_release() { kernel_release=${kernel_release:-$(uname -r)}; }

# kernel_config: the options that the running kernel was built with; fails where they are not told.
kernel_config() {
  kernel_release
  { zcat /proc/config.gz || cat "/boot/config-$kernel_release"; } 2> /dev/null
}

# module_present MODULE PATH OPTION: loaded, or built in as a path that only exists with it (or -) or the kernel's option tell.
module_present() {
  [ -d "/sys/module/$1" ] && return 0
  [ "$2" != - ] && [ -e "$2" ] && return 0
  grep -qws "$1" /proc/filesystems && return 0
  kernel_release
  grep -qs "/$1\.ko" "/lib/modules/$kernel_release/modules.builtin" && return 0
  [ "$3" != - ] && kernel_config | grep -q "^$3=y"
}

# modules_are_told: false where neither the kernel's modules nor its options can be seen, as in some containers; what is not found
# then may be there all the same.
modules_are_told() {
  kernel_release
  [ -e "/lib/modules/$kernel_release/modules.dep" ] || kernel_config | grep -q .
}
