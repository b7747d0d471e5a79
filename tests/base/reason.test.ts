import { bundledText } from "../../host/scriptText";
import { Sandbox, shells } from "../support/sandbox";

const script = `${bundledText("base/scripts/prelude.sh")}${bundledText("base/scripts/reason.sh")}reason kubelet\n`;
const header = (kind: string) => `${kind}1126 10:00:00.000000    1234 server.go:42]`;
const cause = `failed to run Kubelet: ${"x".repeat(150)}`;

describe.each(shells)("reason under %s", (_name, shell) => {
  let host: Sandbox;
  beforeEach(() => {
    host = new Sandbox();
  });
  afterEach(() => host.remove());

  const reason = (...journal: string[]): string[] => {
    host.file("/run/journal", journal.map((line) => `${line}\n`).join("")).command("journalctl", "cat /run/journal");
    const { status, stdout } = host.run(script, shell);
    expect(status).toBe(0);
    return stdout.split("\n").slice(0, -1);
  };

  test("is the last five errors of the last start, each once", () => {
    const errors = Array.from({ length: 7 }, (_, index) => `${header("E")} "error ${index}"`);
    expect(
      reason(
        `${header("E")} "of the start before"`,
        "Stopped kubelet.service - kubelet.",
        "Starting kubelet.service - kubelet...",
        `${header("I")} "all is well"`,
        ...errors,
        ...errors.slice(2, 3),
      ),
    ).toEqual([...errors.slice(3), errors[2]]);
  });

  test("is that of the start that failed, when systemd has started the next one", () => {
    expect(
      reason(
        "Starting kubelet.service - kubelet...",
        `${header("E")} "command failed" err="no such file"`,
        "kubelet.service: Main process exited, code=exited, status=1/FAILURE",
        "kubelet.service: Failed with result 'exit-code'.",
        "kubelet.service: Scheduled restart job, restart counter is at 1.",
        "Starting kubelet.service - kubelet...",
        `${header("I")} "starting"`,
      ),
    ).toEqual([`${header("E")} "command failed" err="no such file"`]);
  });

  test("is a panic without its goroutines", () => {
    expect(
      reason(
        "Started kube-proxy.service - kube-proxy.",
        "panic: assignment to entry in nil map",
        "",
        "goroutine 1 [running]:",
        "k8s.io/kubernetes/pkg.handleError(0x1)",
        "\t/go/src/error.go:1 +0x1",
        "kube-proxy.service: Main process exited, code=exited, status=2/INVALIDARGUMENT",
      ),
    ).toEqual(["panic: assignment to entry in nil map"]);
  });

  test("never cuts the beginning of err=, has no control characters and no long lines", () => {
    const [line = "", other] = reason(
      `${header("E")} "${"long ".repeat(80)}" err="${cause}" more="${"y".repeat(300)}"`,
      `${header("E")} "\u001b[31mred\u0007"`,
    );
    expect(line).toContain(`err="${cause}"`);
    expect(line.length).toBeLessThanOrEqual(400);
    expect(other).toBe(`${header("E")} "[31mred"`);
  });

  test("is the last lines where no line is an error, and nothing where there is no journal", () => {
    expect(reason("one", "two", "three", "four", "five", "six")).toEqual(["two", "three", "four", "five", "six"]);
    expect(host.without("journalctl").run(script, shell)).toMatchObject({ status: 0, stdout: "" });
  });
});
