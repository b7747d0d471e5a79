import { spawn } from "node:child_process";
import type { AddressInfo } from "node:net";
import { Server, utils } from "ssh2";
import type { Connection as ServerConnection } from "ssh2";

/** A real SSH server on loopback that runs what it is asked to in a shell, and counts its connections. */
export interface TestSshServer {
  port: number;
  /** Its public key, in authorized_keys format. */
  hostKey: string;
  /** Private key of the one user that may log in. */
  userKey: string;
  /** Connections opened so far, refused logins included. */
  connections: number;
  /** Commands that were executed. */
  commands: string[];
  /** Cuts every open connection, as a reboot would. */
  cut(): void;
  close(): void;
}

// ssh2 cuts leading zeros off a new Ed25519 key, which spoils one in 256; its ECDSA keys are sound.
export const generateKey = (): { private: string; public: string } => utils.generateKeyPairSync("ecdsa", { bits: 256 });

export async function startSshServer(): Promise<TestSshServer> {
  const host = generateKey();
  const user = generateKey();
  const allowed = utils.parseKey(user.public);
  if (allowed instanceof Error) throw allowed;
  const open = new Set<ServerConnection>();
  const server = new Server({ hostKeys: [host.private] }, (client) => {
    running.connections += 1;
    open.add(client);
    client.on("close", () => open.delete(client));
    client.on("error", () => undefined);
    client.on("authentication", (attempt) => {
      const known = attempt.method === "publickey" && attempt.key.data.equals(allowed.getPublicSSH());
      if (known) attempt.accept();
      else attempt.reject(["publickey"]);
    });
    client.on("session", (accept) => {
      accept().on("exec", (acceptExec, _reject, { command }) => {
        running.commands.push(command);
        const channel = acceptExec();
        const child = spawn("sh", ["-c", command]);
        channel.pipe(child.stdin);
        client.on("close", () => child.kill());
        child.stdin.on("error", () => undefined);
        child.stdout.on("data", (chunk: Buffer) => channel.write(chunk));
        child.stderr.on("data", (chunk: Buffer) => channel.stderr.write(chunk));
        child.on("close", (code) => {
          channel.exit(code ?? 255);
          channel.end();
        });
      });
    });
  });
  const running: TestSshServer = {
    port: 0,
    hostKey: host.public,
    userKey: user.private,
    connections: 0,
    commands: [],
    cut: () => open.forEach((client) => client.end()),
    close: () => {
      running.cut();
      server.close();
    },
  };
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  running.port = (server.address() as AddressInfo).port;
  return running;
}
