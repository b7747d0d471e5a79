import { scriptText } from "../../host/scriptText";
import { containerdHealth, kubeletHealth, kubeProxyHealth, paths } from "../../render";
import { Sandbox, shells } from "../support/sandbox";

/** curl that answers these URLs. */
const curl = (answers: Record<string, string>) =>
  `for url; do :; done; case $url in ${Object.entries(answers)
    .map(([url, body]) => `http://${url}) echo '${body}' ;;`)
    .join(" ")} *) exit 22 ;; esac`;

const kubeletAnswers = curl({ "127.0.0.1:10248/healthz": "ok" });
const proxyAnswers = curl({ "127.0.0.1:10256/livez": "{}", "127.0.0.1:10249/proxyMode": "nftables" });
const socket = `${paths.kubeletDirectory}/device-plugins/kubelet.sock`;
/** What systemd says of a process that runs longer than any file of this test is there. */
const longAgo = "ExecMainStartTimestamp=Mon 2020-01-06 10:00:00 UTC\n";

describe.each(shells)("health under %s", (_name, shell) => {
  let host: Sandbox;
  let close: (() => void)[] = [];
  beforeEach(() => {
    host = new Sandbox().clock().units("active");
  });
  afterEach(() => {
    for (const end of close) end();
    close = [];
    host.remove();
  });
  const run = (script: Parameters<typeof scriptText>[0]) => host.run(scriptText(script), shell);
  const slept = (calls: string[]) => calls.filter((call) => call.startsWith("sleep")).length;

  describe("of the kubelet", () => {
    const health = (timeoutSeconds: number, kubernetesVersion = "1.37.2") =>
      kubeletHealth({ kubernetesVersion, timeoutSeconds });
    beforeEach(async () => {
      host.command("curl", kubeletAnswers).units("active", `MainPID=10\nNRestarts=0\n${longAgo}`);
      close.push(await host.socket(socket));
    });

    test.each([
      ["to serve device plugins and to stay so for a second", "1.37.2", 1],
      ["where it serves none, to stay so for three", "1.13.0", 3],
    ])("is to answer, %s", (_case, version, seconds) => {
      const { status, stdout, stderr, calls } = run(health(0, version));
      expect({ status, stdout, stderr, slept: slept(calls) }).toEqual({
        status: 0,
        stdout: "",
        stderr: "",
        slept: seconds,
      });
    });

    test.each([
      ["does not answer", "active", curl({}), "http://127.0.0.1:10248/healthz does not answer 200 (waited 0 s)"],
      ["is not active", "failed", kubeletAnswers, "the unit is failed (waited 0 s)"],
    ])("fails for one that %s, and tells the reason first", (_case, state, answers, reason) => {
      host.units(state).command("curl", answers);
      host.command("journalctl", `echo 'E0101 10:00:00.0 1 run.go:1] "command failed" err="no such file"'`);
      expect(run(health(0))).toMatchObject({
        status: 1,
        stderr: `kubelet: is not healthy: ${reason}; see journalctl -u kubelet\nE0101 10:00:00.0 1 run.go:1] "command failed" err="no such file"\n`,
      });
    });

    test.each([
      ["another process", "echo MainPID=11 >/run/properties; echo NRestarts=0 >>/run/properties"],
      ["one more restart", "echo MainPID=10 >/run/properties; echo NRestarts=1 >>/run/properties"],
      ["no process", "echo MainPID=0 >/run/properties; echo activating >/run/state"],
    ])("fails at once when %s follows a good answer", (_case, event) => {
      host.clock({ 101: event });
      const { status, stderr, calls } = run(health(600));
      expect(stderr).toBe("kubelet: is not healthy: it ended after it had answered; see journalctl -u kubelet\n");
      expect({ status, slept: slept(calls) }).toEqual({ status: 1, slept: 1 });
    });

    test("counts an answer before the kubelet is complete: it ends with a setting it cannot do", () => {
      // Made before the process started, so the one before made it.
      host.units("active", "MainPID=10\nNRestarts=0\nExecMainStartTimestamp=Fri 2100-01-01 10:00:00 UTC\n");
      host.clock({ 101: "echo MainPID=0 >/run/properties" });
      expect(run(health(600)).stderr).toContain("it ended after it had answered");
    });

    test.each([
      ["older than its process", "Fri 2100-01-01 10:00:00 UTC", 1],
      ["younger than its process", "Mon 2020-01-06 10:00:00 UTC", 0],
      ["there while the start cannot be read", "n/a", 0],
    ])("with a socket for device plugins that is %s", (_case, start, status) => {
      host.units("active", `MainPID=10\nNRestarts=0\nExecMainStartTimestamp=${start}\n`);
      expect(run(health(0)).status).toBe(status);
    });

    test("reads its process's start in UTC: names of other zones mean several", () => {
      host.command(
        "systemctl",
        '[ "${TZ:-}" = UTC ] && echo "ExecMainStartTimestamp=Mon 2020-01-06 10:00:00 UTC" || echo "ExecMainStartTimestamp=Fri 2100-01-01 10:00:00 CST"; echo ActiveState=active',
      );
      expect(run(health(0)).status).toBe(0);
    });

    test("without a socket for device plugins", () => {
      for (const end of close) end();
      expect(run(health(0)).stderr).toContain(
        "it has not started its device manager, the last of its parts (waited 0 s)",
      );
    });

    test("asks a kubelet of 1.13 for no device plugins", () => {
      for (const end of close) end();
      expect(run(health(0, "1.13.0")).status).toBe(0);
    });

    test("without any tool for HTTP, is to stay active", () => {
      host.without("curl").clock({ 101: "echo failed >/run/state" });
      expect(run(health(0)).status).toBe(1);
    });

    test("is given up early for one that ends again and again", () => {
      const counting = 'n=$(cat /run/n 2>/dev/null || echo 0); n=$((n + 1)); echo "$n" >/run/n; echo "NRestarts=$n"';
      host.command("systemctl", `${counting}; echo ActiveState=activating`);
      host.command("curl", "exit 7");
      expect(run(health(600)).stderr).toBe(
        "kubelet: is not healthy: the unit is activating, it ended three times; see journalctl -u kubelet\n",
      );
    });
  });

  describe("of kube-proxy", () => {
    const health = kubeProxyHealth({ mode: "nftables", timeoutSeconds: 20 });
    beforeEach(() => void host.command("nft"));
    const again = (pid: number) => `printf 'MainPID=${pid}\\nNRestarts=${pid - 10}\\n' >/run/properties`;

    test("is to run in the mode asked for", () => {
      host.command("curl", proxyAnswers);
      expect(run(health)).toMatchObject({ status: 0, stderr: "" });
      host.command("curl", curl({ "127.0.0.1:10256/livez": "{}", "127.0.0.1:10249/proxyMode": "iptables" }));
      expect(run(health).stderr).toContain("http://127.0.0.1:10249/proxyMode is not nftables");
    });

    test("is to have the rules of its mode in the kernel, not those of another", () => {
      host.command("curl", proxyAnswers).command("nft", "exit 1").command("iptables");
      expect(run(health).stderr).toContain("is not healthy: its rules are not in the kernel (waited 20 s)");
    });

    test("allows it to end itself once, and waits until it is back", () => {
      host.command("curl", proxyAnswers).clock({ 101: again(11) });
      const { status, calls } = run(health);
      expect({ status, slept: slept(calls) }).toEqual({ status: 0, slept: 3 });
      host
        .file("/proc/uptime", "100.00 0\n")
        .units("active")
        .clock({ 101: again(11), 102: again(12) });
      expect(run(health).stderr).toContain("it ended after it had answered");
    });
  });

  describe("of containerd", () => {
    const health = containerdHealth({ cniMode: "bridge", timeoutSeconds: 0 });
    const plugins = (cri: string) =>
      `case "$*" in *plugins*) printf 'TYPE ID PLATFORMS STATUS\\nio.containerd.cri.v1 images - ok\\nio.containerd.grpc.v1 cri - ${cri}\\nio.containerd.snapshotter.v1 zfs linux/amd64 skip\\n' ;; esac`;

    test("is to answer, with its CRI plugins and our drop-in", () => {
      host.command("ctr", plugins("ok")).command("containerd", `echo "conf_template = '${paths.cniTemplate}'"`);
      expect(run(health)).toMatchObject({ status: 0, stderr: "" });
      host.command("containerd", "echo");
      expect(run(health).stderr).toContain(
        `${paths.containerdDropIn} is not part of its configuration, add imports = ["/etc/containerd/conf.d/*.toml"]`,
      );
      host.command("ctr", plugins("error"));
      expect(run(health).stderr).toContain("its plugin cri is error");
      host.command("ctr", "echo dial failed >&2; exit 1");
      expect(run(health).stderr).toContain("ctr version says: dial failed");
    });
  });
});
