import * as fs from "node:fs/promises";
import * as os from "node:os";
import * as path from "node:path";
import { utils } from "ssh2";
import { newSshKey } from "../../lab/hosts/sshKey";
import { ensureSshKeys } from "../../lab/hosts/sshKeys";
import { layoutOf } from "../../lab/plan/layout";
import { completeOptions } from "../../lab/plan/options";

test("every new SSH key is whole, which 1 in 256 of the library's is not", () => {
  const blobOf = (key: { public: string }): Buffer => Buffer.from(key.public.split(" ")[1] ?? "", "base64");
  const whole = newSshKey("lab");
  // As the library makes it of a key that begins with zero: a byte is missing, and the length says so.
  const cut = Buffer.concat([blobOf(whole).subarray(0, -33), Buffer.from([31]), blobOf(whole).subarray(-31)]);
  const make = jest.spyOn(utils, "generateKeyPairSync");
  make.mockReturnValueOnce({ ...whole, public: `ssh-ed25519 ${cut.toString("base64")} lab` });
  const made = newSshKey("lab");
  expect(make.mock.calls.length).toBeGreaterThan(1);
  expect(blobOf(made)).toHaveLength(51);
  make.mockRestore();
});

test("a lab's keys are made once and stay, one for each host, which its known_hosts names by address", async () => {
  const tree = await fs.mkdtemp(path.join(os.tmpdir(), "keys-"));
  try {
    const layout = layoutOf(completeOptions({ subnet: "10.232.0.0/24" }), tree);
    const first = await ensureSshKeys(layout);
    expect(await ensureSshKeys(layout)).toEqual(first);
    expect(new Set(Object.values(first.hostKeys)).size).toBe(2);
    expect((await fs.stat(layout.files.sshKey)).mode & 0o077).toBe(0);
    const knownHosts = await fs.readFile(layout.files.knownHosts, "utf8");
    expect(knownHosts).toContain(`10.232.0.11 ${first.hostKeys["node-1"]}\n`);
  } finally {
    await fs.rm(tree, { recursive: true });
  }
});
