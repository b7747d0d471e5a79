import { assertSafePath, sha256, stageFiles } from "./files";
import type { FileMap } from "./files";
import { remoteScript } from "./remoteLibrary";
import { shellQuote } from "../base/shellQuote";
import type { SystemdServiceInputs } from "./systemdService";

/** Where a unit of ours is written: local units belong in /etc, /usr/lib is the packages' (systemd.unit(5)). */
export function unitPath(unitName: string): string {
  return assertSafePath(`/etc/systemd/system/${unitName}`);
}

/** Every file of the service, the unit first. kube-bench 4.1.1 wants the unit readable by root only. */
export function serviceFiles(inputs: SystemdServiceInputs): FileMap {
  const unit: FileMap =
    inputs.unit === undefined ? {} : { [unitPath(inputs.unitName)]: { content: inputs.unit, mode: "0600" } };
  return { ...unit, ...inputs.files, ...inputs.secretFiles };
}

/** Changes whenever the running process would read something else; recorded on the host after each good start. */
function restartFingerprint(inputs: SystemdServiceInputs): string {
  const files = Object.entries(serviceFiles(inputs)).filter(([, file]) => file.restart !== false);
  const binaries = Object.entries(inputs.binaries ?? {});
  return sha256(
    JSON.stringify([
      files.map(([path, file]) => [path, file.content]),
      binaries.map(([path, artifact]) => [path, artifact.sha256]),
    ]),
  );
}

/**
 * The transaction of one service. The fingerprint of the last good start is kept on the host, so that a run cut off
 * between swap and restart is finished by the next one, and an unchanged service is never restarted.
 *
 * @param binaries paths whose new version is staged already.
 * @param dropped paths that were managed before and are not any more.
 */
export function applyScript(inputs: SystemdServiceInputs, binaries: string[], dropped: string[]): string {
  const unit = shellQuote(inputs.unitName);
  const paths = [...Object.keys(serviceFiles(inputs)), ...Object.keys(inputs.binaries ?? {})].map(assertSafePath);
  const body = `
unit=${unit}
unit_path=${unitPath(inputs.unitName)}
managed='${paths.join(" ")}'
stamp=$state/${unit}.started
fingerprint=${restartFingerprint(inputs)}
health() { (
${inputs.healthCheck}
) }
${(inputs.directories ?? []).map((path) => `make_directory ${assertSafePath(path)} 0755 || fail "cannot create ${path}"`).join("\n")}
${stageFiles(serviceFiles(inputs))}
for path in $staged ${binaries.map(assertSafePath).join(" ")}; do swap "$path"; done
${dropped.map((path) => `drop ${assertSafePath(path)}`).join("\n")}
case " $staged " in *" ${unitPath(inputs.unitName)} "*) systemctl daemon-reload ;; esac
${inputs.unit === undefined ? "" : `[ "$(systemctl is-enabled "$unit" 2>/dev/null)" = enabled ] || systemctl enable --quiet "$unit" || fail "cannot enable $unit"`}
if [ "$(systemctl is-active "$unit")" != active ] || [ "$(cat "$stamp" 2>/dev/null)" != "$fingerprint" ]; then
  start || roll_back
fi
for path in $managed; do settle "$path"; done
own f "$stamp"
[ "$(cat "$stamp" 2>/dev/null)" = "$fingerprint" ] || printf '%s\\n' "$fingerprint" >"$stamp"
`;
  return remoteScript(inputs.unitName, `${serviceLibrary}\n${body}`);
}

const serviceLibrary = String.raw`
start() {
  systemctl reset-failed "$unit" 2>/dev/null
  systemctl restart "$unit" && health
}
roll_back() {
  printf '%s is not healthy; its last log lines:\n' "$unit" >&2
  journalctl -u "$unit" -n 15 --no-pager -o cat | cut -c1-300 >&2
  first='' changed=''
  [ ! -e "$(beside "$unit_path" old-absent)" ] || first=yes
  for path in $managed; do
    [ ! -e "$(beside "$path" old)" ] && [ ! -e "$(beside "$path" old-absent)" ] || changed=yes
    put_back "$path"
  done
  [ -n "$changed" ] || fail "nothing of $unit had changed; see: journalctl -u $unit"
  systemctl daemon-reload
  if [ -n "$first" ]; then
    systemctl disable --now --quiet "$unit" 2>/dev/null
    fail "there was no version before; $unit was stopped and its files taken away"
  fi
  if start >&2; then fail "the version before was put back and $unit runs with it"; fi
  fail "the version before was put back, but $unit does not become healthy with it either"
}
drop() {
  rm -f "$1"
  ! present "$(original "$1")" || mv "$(original "$1")" "$1"
  sed -i "\|^f $1\$|d" "$owned"
}
`;

/** Stops the unit, cleans up after it, and removes what is ours; a unit that the host brought is restarted without our files. */
export function removeScript(props: SystemdServiceInputs): string {
  const unit = shellQuote(props.unitName);
  const ours = props.unit !== undefined;
  const body = `
unit=${unit}
${ours ? `systemctl disable --now --quiet "$unit" 2>/dev/null` : ""}
cleanup() { (
${props.cleanup ?? ":"}
) }
cleanup || fail "the clean-up after $unit failed"
remove_owned
systemctl daemon-reload
systemctl reset-failed "$unit" 2>/dev/null
${ours ? "" : `if [ "$(systemctl is-active "$unit")" = active ]; then systemctl restart "$unit" || fail "cannot restart $unit"; fi`}
forget_state
`;
  return remoteScript(props.unitName, body);
}
