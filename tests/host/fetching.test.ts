import { remoteScript } from "../../host/remoteScript";
import { sha256, state } from "../support/binariesHost";
import { Sandbox, shells } from "../support/sandbox";

const source = "https://example.com/app";
const content = "the whole binary";
const digest = sha256(content);
const whole = `${state}/binaries.staged/${digest}`;
const part = `${whole}.part.before`;

/** curl, of which `$file` is where it writes; a server has the content, and goes on behind what is there where asked. */
const curl = (body: string): string =>
  `for file in "$@"; do case $file in /*/binaries.staged/*) break ;; esac; done\n${body}`;
const goesOn = `printf '%s' '${content}' | tail -c +$(($(stat -c %s "$file") + 1)) >> "$file"`;

describe.each(shells)("a binary that the host fetches itself, under %s", (_name, shell) => {
  let host: Sandbox;
  beforeEach(() => (host = new Sandbox("base64 chown sync kill env").directory("/var/lib")));
  afterEach(() => host.remove());

  const fetch = () => {
    const values = { sha256: digest, source, attempt: "now" };
    return host.run(remoteScript({ name: "binaries", file: "artifactFetch", values }), shell);
  };
  const left = (): string[] => host.list(`${state}/binaries.staged`);
  const fetched = { status: 0, stderr: "" };

  test("is checked and has its name, with limits on silence and none on its time", () => {
    host.command("curl", curl(goesOn));
    const result = fetch();
    expect(result).toMatchObject(fetched);
    expect([left(), host.read(whole), host.mode(whole)]).toEqual([[digest], content, 0o755]);
    expect(result.calls.join()).toMatch(
      /curl -fsSL -C - .*--speed-limit 1 --speed-time 60 .*https:\/\/example\.com\/app/,
    );
    expect(result.calls.join()).not.toMatch(/--max-time|-m /);
  });

  test("goes on where an attempt before was cut off", () => {
    host.command("curl", curl(`stat -c %s "$file" > /run/had\n${goesOn}`)).file(part, content.slice(0, 5));
    expect(fetch()).toMatchObject(fetched);
    expect([host.read("/run/had"), left(), host.read(whole)]).toEqual(["5\n", [digest], content]);
  });

  test("keeps what has come for the next attempt", () => {
    host.command("curl", curl(`printf %s '${content.slice(0, 7)}' >> "$file"; exit 18`));
    const { status, stderr } = fetch();
    expect([status, stderr]).toEqual([1, `cannot fetch ${source}\n`]);
    host.command("curl", curl(goesOn));
    expect(fetch()).toMatchObject(fetched);
    expect(host.read(whole)).toBe(content);
  });

  test.each([
    ["is there whole already, which a server calls an error", content, "exit 22"],
    ["begins as another file", "another file", `[ ! -s "$file" ] || exit 22; ${goesOn}`],
    ["begins as another file that the server goes on with", "the hole", goesOn],
  ])("is right also where what %s", (_case, before, body) => {
    host.command("curl", curl(body)).file(part, before);
    expect(fetch()).toMatchObject(fetched);
    expect([left(), host.read(whole)]).toEqual([[digest], content]);
  });

  test("is refused with another checksum, and nothing of it stays", () => {
    host.command("curl", curl('echo other > "$file"'));
    const { status, stderr } = fetch();
    expect([status, left()]).toEqual([1, []]);
    expect(stderr).toBe(`${source}: SHA-256 is ${sha256("other\n")}, expected ${digest}; nothing was installed\n`);
  });

  test("comes by wget where there is no curl, and where neither is, the fix is said", () => {
    expect(fetch().stderr).toBe(
      `neither curl nor wget is installed to fetch ${source}; install one or give a local file as source\n`,
    );
    host.command("wget", curl(goesOn));
    expect(fetch()).toMatchObject(fetched);
  });

  test("tells how far it is, so that it may take its time, and leaves no teller behind", () => {
    host.command("sleep", "exec /bin/sleep 0.05");
    host.command("curl", curl(`${goesOn}; /bin/sleep 0.5`));
    const { stdout, status } = fetch();
    expect(status).toBe(0);
    expect(stdout).toContain(`bytes|${content.length}\n`);
  });
});
