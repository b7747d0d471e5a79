set -u
LC_ALL=C
PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"
export LC_ALL PATH
has() { command -v "$1" >/dev/null 2>&1; }
missing='' apt='' dnf='' zypper=''
need() {
  has "$1" && return
  missing="$missing $1" apt="$apt $2" dnf="$dnf $3" zypper="$zypper $4"
}
need mount mount util-linux util-linux
need nft nftables nftables nftables
need iptables iptables iptables iptables
need ipset ipset ipset ipset
need ipvsadm ipvsadm ipvsadm ipvsadm
[ -n "$missing" ] || exit 0

apt_install() {
  DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=120 install --no-install-recommends "$@" </dev/null
}
# The lists are names from above, split on purpose. A package's questions must not eat the script from standard input.
if has apt-get; then
  apt_install $apt || { apt-get -q update && apt_install $apt; }
elif has dnf; then
  dnf -q -y --setopt=install_weak_deps=False install $dnf </dev/null
elif has yum; then
  yum -q -y install $dnf </dev/null
elif has zypper; then
  ZYPP_LOCK_TIMEOUT=120 zypper --quiet --non-interactive install --no-recommends $zypper </dev/null
else
  echo "packages: commands$missing are missing and no apt-get, dnf, yum or zypper is there; install them by hand" >&2
  exit 1
fi || { echo "packages: commands$missing could not be installed, see above; install them by hand" >&2; exit 1; }

for command in $missing; do
  has "$command" && continue
  echo "packages: command $command is still missing after its package was installed; install it by hand" >&2
  exit 1
done
