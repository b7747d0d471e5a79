# shellcheck shell=sh
# Missing commands' packages by the host's own package manager. Where every command is there it runs nothing, so no network is
# needed. apt-get asks for fresh lists only after it failed with those it has. The lists are names, split on purpose.
#
# What a manager says is kept until it has ended: writing to a connection that was lost would end it half-way. It does not get the
# host's lock (9), which a service that its packages start would hold on to.

missing='' apt='' dnf='' zypper='' units=''
# need COMMAND APT DNF ZYPPER UNIT: UNIT is what the package starts by itself, or -.
need() {
  has "$1" && return
  missing="$missing $1" apt="$apt $2" dnf="$dnf $3" zypper="$zypper $4"
  [ "$5" = - ] || units="$units $5"
}
apt_install() {
  DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=120 install --no-install-recommends "$@"
}
# shellcheck disable=SC2086
by_manager() {
  if has apt-get; then
    apt_install $apt || { apt-get -q update && apt_install $apt; }
  elif has dnf; then
    dnf -q -y --setopt=install_weak_deps=False install $dnf
  elif has yum; then
    yum -q -y install $dnf
  elif has zypper; then
    ZYPP_LOCK_TIMEOUT=120 zypper --quiet --non-interactive install --no-recommends $zypper
  fi
}
# A unit that is masked is not started by its package; where this script does not come to its end it is so until the next boot.
# shellcheck disable=SC2086
mask_units() { [ -z "$units" ] || systemctl mask --quiet --runtime $units; }
# shellcheck disable=SC2086
unmask_units() {
  [ -n "$units" ] || return 0
  systemctl unmask --quiet --runtime $units
  # Nor is it to start at boot.
  systemctl disable --quiet $units
}
install_packages() {
  [ -n "$missing" ] || return 0
  has apt-get || has dnf || has yum || has zypper \
    || fail "packages: commands$missing are missing and no apt-get, dnf, yum or zypper is there; install them by hand"
  mask_units || fail "packages: cannot keep$units from being started by the package"
  said=$(
    trap - PIPE
    by_manager 2>&1 9<&-
  ) || {
    unmask_units 2> /dev/null
    fail "$said
packages: commands$missing could not be installed, see above; install them by hand"
  }
  unmask_units || fail "packages: cannot disable$units, which a package has brought"
  for command in $missing; do
    has "$command" || fail "packages: command $command is still missing after its package was installed; install it by hand"
  done
}
