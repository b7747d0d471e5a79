import * as path from "node:path";
import { utils } from "ssh2";
import { readOrCreate, writeFileAtomic } from "../machine/files";
import type { LabLayout } from "../plan/layout";
import { newSshKey } from "./sshKey";

/** The SSH keys of a lab, made once and kept in its folder. */
export interface SshKeys {
  /** OpenSSH private key that opens every host, as root and as admin. */
  privateKey: string;
  /** authorized_keys line of it. */
  publicKey: string;
  /** Host name -> the public part of its SSH host key, "ssh-ed25519 AAAA...". */
  hostKeys: Record<string, string>;
}

export async function ensureSshKeys(layout: LabLayout): Promise<SshKeys> {
  const { files } = layout;
  const user = await ensureSshKey(files.sshKey, "lab");
  const hostKeys: Record<string, string> = {};
  for (const host of layout.hosts) {
    const key = await ensureSshKey(path.join(host.directory, "ssh_host_ed25519_key"), host.name);
    hostKeys[host.name] = key.publicKey.split(" ").slice(0, 2).join(" ");
  }
  const knownHosts = layout.hosts.map((host) => `${host.address} ${hostKeys[host.name]}\n`).join("");
  await writeFileAtomic(files.knownHosts, knownHosts);
  return { ...user, hostKeys };
}

async function ensureSshKey(file: string, comment: string): Promise<{ privateKey: string; publicKey: string }> {
  const privateKey = await readOrCreate(file, async () => {
    const made = newSshKey(comment);
    await writeFileAtomic(`${file}.pub`, `${made.public}\n`, 0o644);
    return made.private;
  });
  const publicKey = await readOrCreate(`${file}.pub`, () => `${publicHalf(privateKey, file)} ${comment}\n`, 0o644);
  return { privateKey, publicKey: publicKey.trim() };
}

function publicHalf(privateKey: string, file: string): string {
  const parsed = utils.parseKey(privateKey);
  if (parsed instanceof Error || Array.isArray(parsed)) throw new Error(`${file}: not an OpenSSH private key`);
  return `${parsed.type} ${parsed.getPublicSSH().toString("base64")}`;
}
