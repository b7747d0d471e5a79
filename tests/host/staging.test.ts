import { chmodSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { create, update } from "../../host/hostBinariesProvider";
import { BinariesHost, programAt, sha256, sourceFile, state } from "../support/binariesHost";
import { temporaryDirectory } from "../support/localShell";

const megabyte = 1_000_000;

describe("binaries on their way to a host", () => {
  let host: BinariesHost;
  let folder: string;
  beforeEach(() => (folder = temporaryDirectory()));
  afterEach(async () => {
    jest.restoreAllMocks();
    await host.stop();
    rmSync(folder, { recursive: true });
  });

  const at = async (unpackers?: string): Promise<BinariesHost> => (host = await new BinariesHost(unpackers).start());
  const kept = (): string[] => readdirSync(folder).filter((name) => name.startsWith("."));
  function expectInstalled(version: string, digest: string): void {
    const path = host.sandbox.inside(programAt(version));
    expect({ digest: sha256(readFileSync(path)), mode: statSync(path).mode & 0o777 }).toEqual({ digest, mode: 0o755 });
    expect(host.sandbox.has(`${state}/binaries.staged`)).toBe(false);
  }

  test.each([
    ["by zstd where the host has it", "gzip zstd", ".zst", 0.4],
    ["by gzip where it has not", "gzip", ".gz", 0.4],
    ["as they are where it has neither", "", undefined, 1.1],
  ])("are compressed %s, whole and with their mode", async (_case, unpackers, ending, share) => {
    const { file, digest } = sourceFile(folder, "app", 5);
    await at(unpackers);
    const { outs } = await create(host.inputs("1.0", file, digest));
    expectInstalled("1.0", digest);
    expect(outs.installed).toEqual({ [programAt("1.0")]: digest });
    expect(host.ssh.received).toBeLessThan(share * 5 * megabyte);
    expect(kept()).toEqual(ending === undefined ? [] : [`.app.${digest}${ending}`]);
  });

  test("are compressed once, also for hosts that are served side by side, and never again", async () => {
    const { file, digest } = sourceFile(folder, "app", 5);
    await at();
    const other = await new BinariesHost().start();
    await Promise.all([host, other].map((each) => create(each.inputs("1.0", file, digest))));
    const [name = ""] = kept();
    const before = statSync(join(folder, name));
    await other.stop();
    host.sandbox.delete(programAt("1.0"));
    await create(host.inputs("1.0", file, digest));
    expect([kept(), statSync(join(folder, name)).mtimeMs]).toEqual([[name], before.mtimeMs]);
    expectInstalled("1.0", digest);
  });

  test("are compressed anew where what was kept is broken", async () => {
    const { file, digest } = sourceFile(folder, "app", 2);
    await at();
    const first = await create(host.inputs("1.0", file, digest));
    writeFileSync(join(folder, kept()[0] ?? ""), "broken");
    host.sandbox.delete(programAt("1.0"));
    await update(first.id, { ...first.outs, faults: ["gone"] }, host.inputs("1.0", file, digest));
    expectInstalled("1.0", digest);
    expect(kept()).toEqual([]);
  });

  test("stay until a service changes where no unit starts them, as a plugin beside those of the archive", async () => {
    const { file, digest } = sourceFile(folder, "app", 1);
    const { file: source, digest: other } = sourceFile(folder, "plugin", 1);
    await at();
    const plugin = "/opt/cni/bin/plugin";
    const without = { ...host.inputs("1.0", file, digest), directory: "/opt/cni/bin" };
    const inputs = { ...without, programs: { ...without.programs, [plugin]: { source, sha256: other } } };
    const { id, outs } = await create(inputs);
    await update(id, outs, without);
    expect(host.sandbox.has(plugin)).toBe(true);
    expect(host.sandbox.read(`${state}/binaries.superseded`)).toBe(`${plugin}\n`);
  });

  test("go on where the connection was cut, and nothing of what came is sent again", async () => {
    const { file, digest } = sourceFile(folder, "app", 20);
    const log = jest.spyOn(console, "log").mockImplementation();
    await at("");
    host.ssh.cutAt = 12 * megabyte;
    await create(host.inputs("1.0", file, digest));
    expectInstalled("1.0", digest);
    expect(host.ssh.connections).toBe(2);
    expect(host.ssh.received).toBeLessThan(26 * megabyte);
    expect(log.mock.calls.join()).toContain(
      "the connection was lost while a script ran; going on with what is missing",
    );
  });

  test("also where they travel compressed", async () => {
    const { file, digest } = sourceFile(folder, "app", 60);
    jest.spyOn(console, "log").mockImplementation();
    await at();
    const whole = await create(host.inputs("1.0", file, digest)).then(() => host.ssh.received);
    host.sandbox.delete(programAt("1.0"));
    host.ssh.cutAt = whole + whole * 0.7;
    await create(host.inputs("1.0", file, digest));
    expectInstalled("1.0", digest);
    // What was on its way in between is lost, and the rest is compressed on its way.
    expect(host.ssh.received - whole).toBeLessThan(1.6 * whole);
  });

  test("begin anew where what is there is of another file", async () => {
    const { file, digest } = sourceFile(folder, "app", 1);
    await at();
    host.sandbox.file(`${state}/binaries.staged/${digest}.part.1`, "something else");
    await create(host.inputs("1.0", file, digest));
    expectInstalled("1.0", digest);
  });

  test("come by the host itself where the source is a URL, and this machine sends none of them", async () => {
    await at();
    const binary = "x".repeat(300_000);
    host.sandbox.command(
      "curl",
      `for to in "$@"; do case $to in /*.part.*) printf x%.0s $(seq 300000) >"$to" ;; esac; done`,
    );
    symlinkSync("/usr/bin/seq", host.sandbox.inside("/bin/seq"));
    const { outs } = await create(host.inputs("1.0", "https://example.com/app", sha256(binary)));
    expectInstalled("1.0", sha256(binary));
    expect(outs.installed).toEqual({ [programAt("1.0")]: sha256(binary) });
    expect(host.ssh.received).toBeLessThan(100_000);
    const refused = create(host.inputs("1.1", "https://example.com/app", "0".repeat(64)));
    await expect(refused).rejects.toThrow(`https://example.com/app: SHA-256 is ${sha256(binary)}, expected 000`);
  });

  test("are not sent where the host has them, nor where another digest is expected", async () => {
    const { file, digest } = sourceFile(folder, "app", 1);
    await at();
    const { id, outs } = await create(host.inputs("1.0", file, digest));
    const before = host.ssh.received;
    await update(id, { ...outs, faults: ["seen"] }, host.inputs("1.0", file, digest));
    await expect(create(host.inputs("1.1", file, "0".repeat(64)))).rejects.toThrow(
      `source ${file}: SHA-256 is ${digest}, expected ${"0".repeat(64)}; give the file of that checksum, or correct sha256 (nothing was sent)`,
    );
    expect(host.ssh.received - before).toBeLessThan(0.3 * megabyte);
    expect(host.sandbox.has(programAt("1.1"))).toBe(false);
  });

  test("do not wait for a change of the host that holds its lock, until they are put in place", async () => {
    const { file, digest } = sourceFile(folder, "app", 1);
    await at();
    const { id, outs } = await create(host.inputs("1.0", file, digest));
    const next = sourceFile(folder, "next", 1);
    host.sandbox.command("flock", "sleep 2; [ -f /run/sent ]");
    const whole = `${state}/binaries.staged/${next.digest}`;
    const watch = setInterval(() => host.sandbox.has(whole) && host.sandbox.file("/run/sent", ""), 20);
    await update(id, outs, host.inputs("1.1", next.file, next.digest)).finally(() => clearInterval(watch));
    expectInstalled("1.1", next.digest);
  });

  test("are kept in the user's cache where the source's folder cannot be written", async () => {
    const { file, digest } = sourceFile(folder, "app", 1);
    const cache = temporaryDirectory();
    const before = process.env["XDG_CACHE_HOME"];
    process.env["XDG_CACHE_HOME"] = cache;
    // Root may write everywhere: a folder of that name is in the way instead.
    const place = join(folder, `.app.${digest}.zst`);
    chmodSync(file, 0o600);
    jest
      .spyOn(jest.requireActual<typeof import("node:fs/promises")>("node:fs/promises"), "rename")
      .mockImplementationOnce(() => Promise.reject(new Error("EROFS")));
    await at();
    await create(host.inputs("1.0", file, digest)).finally(() => (process.env["XDG_CACHE_HOME"] = before));
    const [name = ""] = readdirSync(join(cache, "kubernetes-worker-nodes", "compressed"));
    expect([name, kept(), place.endsWith(name)]).toEqual([`.app.${digest}.zst`, [], true]);
    expect(statSync(join(cache, "kubernetes-worker-nodes", "compressed", name)).mode & 0o777).toBe(0o600);
    rmSync(cache, { recursive: true });
  });
});
