import { shellQuote } from "./shellQuote";
import type { PackageRequirement } from "./hostPrerequisites";

/** Package managers looked for, in this order, with the words that install without a question. */
const managers = [
  { command: "apt-get", family: "apt", install: "apt_get" },
  { command: "dnf", family: "dnf", install: "dnf -y -q install" },
  { command: "yum", family: "dnf", install: "yum -y -q install" },
  { command: "zypper", family: "zypper", install: "zypper --non-interactive --quiet install" },
] as const;

/** The script lines that report each command that is missing. */
export function reportMissingCommands(requirements: PackageRequirement[]): string {
  return requirements
    .map(({ command }) => `have ${shellQuote(command)} || printf 'missing-command|%s\\n' ${shellQuote(command)}`)
    .join("\n");
}

/**
 * The script lines that install the packages of missing commands, and only those: with nothing missing the package
 * manager is not even asked, so that a host that has them needs no network.
 */
export function installPackages(requirements: PackageRequirement[]): string {
  const perManager = managers.map(({ command: manager, family, install }) => {
    const wanted = requirements.map(({ command, packages }) => {
      const name = packages[family];
      return `have ${shellQuote(command)} || wanted="$wanted ${name}"`;
    });
    return `if command -v ${manager} >/dev/null; then\n${wanted.join("\n")}\n[ -z "$wanted" ] || ${install} $wanted >&2 || fail "${manager} cannot install:$wanted; install them by hand or make its package source reachable"`;
  });
  const commands = requirements.map(({ command }) => command).join(" ");
  return `
wanted='' lacking=''
for command in ${commands}; do have "$command" || lacking="$lacking $command"; done
if [ -n "$lacking" ]; then
${perManager.join("\nel")}
else fail "missing commands:$lacking; no known package manager (${managers.map(({ command }) => command).join(", ")}) is on this host: install them by hand"; fi
for command in $lacking; do have "$command" || fail "$command is still missing after installing:$wanted"; done
fi`;
}

/** Shell functions used by the lines above. Administration commands may be off a login's PATH, so the usual places are asked too. */
export const packageLibrary = String.raw`
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
have() { command -v "$1" >/dev/null 2>&1; }
apt_get() {
  export DEBIAN_FRONTEND=noninteractive
  apt-get -o DPkg::Lock::Timeout=300 -qq -y --no-install-recommends install "$@" && return 0
  apt-get -o DPkg::Lock::Timeout=300 -qq update && apt-get -o DPkg::Lock::Timeout=300 -qq -y --no-install-recommends install "$@"
}
`;
