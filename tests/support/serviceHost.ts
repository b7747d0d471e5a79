import { fileTable } from "../../host/files";
import type { FileMap } from "../../host/files";
import { remoteScript } from "../../host/remoteScript";
import type { Script } from "../../base/script";
import { Sandbox } from "./sandbox";

/** Tools that the scripts of a service use besides the basic ones. */
const tools = "base64 chown cp date ln mktemp sha256sum stat sync touch tee env tar gzip";

/** systemctl of a host with one unit, app.service, whose process reads its files when it starts, and one of them when it is reloaded. */
const systemctl = `
case "$*" in
  'is-active app.service') [ -e /run/pid ] && echo active || echo inactive ;;
  'is-enabled app.service') [ -e /run/enabled ] && echo enabled || echo disabled ;;
  enable*) : >/run/enabled ;;
  disable*) rm -f /run/enabled ;;
  stop*) rm -f /run/pid /run/read ;;
  'restart app.service')
    [ -e /etc/systemd/system/app.service ] || exit 5
    n=$(($(cat /run/starts 2>/dev/null || echo 0) + 1))
    echo "$n" >/run/starts
    echo "$n" >/run/pid
    cat /etc/systemd/system/app.service /etc/app/config /etc/app/second 2>/dev/null >/run/read
    mkdir -p "/proc/$n"
    echo "$n (an app) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 $n" >"/proc/$n/stat"
    date +%s >/run/started
    [ ! -e /etc/app/list ] || cp /etc/app/list /run/list
    ;;
  'reload app.service')
    grep -qx refused /etc/app/list && exit 1
    echo "$(($(cat /run/reloads 2>/dev/null || echo 0) + 1))" >/run/reloads
    cp /etc/app/list /run/list
    ;;
  *MainPID*) echo "MainPID=$(cat /run/pid 2>/dev/null || echo 0)" ;;
  *ExecMainStartTimestamp*)
    # Read in a zone of the host's, its name would mean another one.
    if [ "\${TZ:-}" = UTC ]; then at=@$(cat /run/started 2>/dev/null); else at='Fri 2100-01-01 10:00:00 CST'; fi
    echo "ExecMainStartTimestamp=$at"
    ;;
  *NeedDaemonReload*) echo "NeedDaemonReload=$(cat /run/reload 2>/dev/null || echo no)" ;;
  daemon-reload) rm -f /run/reload ;;
esac`;

export const unitPath = "/etc/systemd/system/app.service";
export const configPath = "/etc/app/config";

/** What a service is to be, and what the program knows from before. */
export interface Wanted {
  config: string;
  unit?: string;
  /** Whether the unit is ours. */
  ours?: boolean;
  more?: FileMap;
  dropped?: string[];
  known?: string[];
  made?: string[];
  adjust?: Script;
  adjusts?: string[];
  look?: Script;
  tidy?: Script;
  /** Which resource it is of. */
  instance?: string;
  /** Binary that the unit starts. */
  program?: { path: string; sha256: string };
}

/** A sandbox in which a service can be changed by the script of the real ones. */
export function serviceHost(): Sandbox {
  return new Sandbox(tools)
    .command("systemctl", systemctl)
    .command("journalctl", "echo E0101 the reason")
    .file("/proc/sys/kernel/random/boot_id", "boot\n")
    .directory("/var/lib")
    .directory("/etc/systemd/system");
}

/** The script that brings app.service to what is wanted. */
export function applyScript({
  config,
  unit = "unit",
  more = {},
  dropped = [],
  known = [],
  made = [],
  ...rest
}: Wanted): string {
  const files = fileTable({
    [unitPath]: { content: unit, mode: "0600" },
    [configPath]: { content: config, mode: "0600" },
    ...more,
  });
  const { adjust, adjusts = [], ours = true, program, instance = "" } = rest;
  const programs = program === undefined ? [] : [`${program.path} ${program.sha256}`];
  const service = { unit: "app.service", ours, files, programs, directories: [] };
  const values = { ...service, adjusts, dropped, known, made, instance };
  const script = (name: string): Script => ({ file: `tests/host/testdata/${name}.sh`, values: {} });
  const functions = { health: script("health"), cleanup: script("cleanup"), adjust, look: rest.look, tidy: rest.tidy };
  return remoteScript({ name: "app.service", file: "serviceApply", values, functions });
}

/** The script that removes it. */
export function removeScript(known: string[], made: string[] = [], instance = ""): string {
  const values = { unit: "app.service", ours: true, known, made, instance };
  return remoteScript({ name: "app.service", file: "serviceRemove", values, functions: { cleanup: undefined } });
}

/** What tests of one service do with its host, which is made anew for each. */
export class ServiceScene {
  host!: Sandbox;

  /** @param shell that runs the scripts. */
  constructor(private readonly shell: string) {
    beforeEach(() => {
      this.host = serviceHost();
    });
    afterEach(() => this.host.remove());
  }

  /** Another host in the place of this one. */
  anew(): Sandbox {
    this.host.remove();
    this.host = serviceHost();
    return this.host;
  }

  readonly apply = (wanted: Wanted) => this.host.run(applyScript(wanted), this.shell);
  readonly succeed = (wanted: Wanted): void => {
    expect(this.apply(wanted)).toMatchObject({ status: 0, stderr: "" });
  };
  readonly starts = (): number => (this.host.has("/run/starts") ? Number(this.host.read("/run/starts")) : 0);
  readonly read = (): string => this.host.read("/run/read");
  /** Files of ours and beside ours that are not the service's own. */
  readonly leftOver = (): string[] =>
    [...this.host.list("/etc/app"), ...this.host.list("/etc/systemd/system")].filter((name) => name.startsWith("."));
}
