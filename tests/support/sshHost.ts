import { spawn } from "node:child_process";
import { Transform } from "node:stream";
import type { AddressInfo } from "node:net";
import { serveSftp } from "./sftpServer";
import { Server, utils, type AuthContext, type Connection as ServerConnection, type Session } from "ssh2";

/** A key pair in OpenSSH's format. Not ed25519: ssh2 makes one of those in 256 wrongly. */
export function newSshKeyPair(): { private: string; public: string } {
  return utils.generateKeyPairSync("ecdsa", { bits: 256 });
}

/** An SSH server on loopback that runs each command in a shell of this machine: real SSH, no account needed. */
export class SshHost {
  readonly hostKey: string;
  readonly privateKey: string;
  readonly password = "correct horse";
  /** Commands run so far. */
  readonly commands: string[] = [];
  /** Connections opened so far, refused logins included. */
  connections = 0;
  port = 0;
  /** Bytes that came on standard input of commands so far. */
  received = 0;
  /** Connections are cut once so many bytes came. */
  cutAt = Infinity;
  private readonly server: Server;
  private readonly open = new Set<ServerConnection>();

  /** @param move what is done to a script before it runs, such as having it see another directory as the host. */
  constructor(private readonly move?: (script: string) => string) {
    const [host, user] = [newSshKeyPair(), newSshKeyPair()];
    this.hostKey = host.public;
    this.privateKey = user.private;
    const allowed = utils.parseKey(user.public);
    if (allowed instanceof Error) throw allowed;
    const blob = allowed.getPublicSSH();
    this.server = new Server({ hostKeys: [host.private] }, (client) => {
      this.connections++;
      this.open.add(client);
      client.on("close", () => this.open.delete(client)).on("error", () => {});
      client.on("authentication", (context) =>
        this.admits(context, blob) ? context.accept() : context.reject(["publickey", "password"]),
      );
      client.on("session", (accept) => this.serve(accept()));
    });
  }

  private admits(context: AuthContext, blob: Buffer): boolean {
    if (context.username !== "root") return false;
    if (context.method === "password") return context.password === this.password;
    return context.method === "publickey" && context.key.data.equals(blob);
  }

  private serve(session: Session) {
    const environment: Record<string, string> = {};
    session.on("env", (accept, _reject, info) => {
      environment[info.key] = info.val;
      (accept as (() => void) | undefined)?.();
    });
    session.on("sftp", (accept) => serveSftp(accept()));
    session.on("exec", (accept, _reject, { command }) => {
      this.commands.push(command);
      const channel = accept();
      const child = spawn("sh", ["-c", command], { env: { ...process.env, ...environment } });
      channel.on("data", (chunk: Buffer) => this.count(chunk));
      if (this.move === undefined) channel.pipe(child.stdin);
      else channel.pipe(movedScript(command, this.move)).pipe(child.stdin);
      child.stdin.on("error", () => {});
      child.stdout.pipe(channel, { end: false });
      child.stderr.pipe(channel.stderr, { end: false });
      // Nobody listens any more, as where sshd closes its pipes: what goes on to print ends.
      channel.on("close", () => {
        child.stdout.destroy();
        child.stderr.destroy();
        child.kill();
      });
      child.on("close", (code, signal) => {
        if (signal) channel.exit(signal.replace("SIG", ""), false, "");
        else channel.exit(code ?? 1);
        channel.end();
      });
    });
  }

  private count(chunk: Buffer): void {
    this.received += chunk.length;
    if (this.received < this.cutAt) return;
    this.cutAt = Infinity;
    this.cut();
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(this.port, "127.0.0.1", resolve));
    this.port = (this.server.address() as AddressInfo).port;
    return this;
  }

  /** Cuts every open connection, as a reboot would. */
  cut(): void {
    this.open.forEach((client) => client.end());
  }

  async stop(): Promise<void> {
    this.cut();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  /** Connection inputs that reach this host by key, its own key pinned. */
  connection() {
    return {
      host: "127.0.0.1",
      port: this.port,
      privateKey: this.privateKey,
      hostKey: this.hostKey,
      dialErrorLimit: 0,
    };
  }
}

/** Changes a script on its way: all of it for a shell that reads it, or its line before the bytes that follow. */
function movedScript(command: string, move: (script: string) => string): Transform {
  const isWhole = command.endsWith("sh -s");
  let before: Buffer | undefined = Buffer.alloc(0);
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      if (before === undefined) return done(null, chunk);
      before = Buffer.concat([before, chunk]);
      const end = isWhole ? -1 : before.indexOf("\n");
      if (end < 0) return done();
      const script = move(Buffer.from(before.subarray(0, end).toString(), "base64").toString());
      const rest = before.subarray(end + 1);
      before = undefined;
      done(null, Buffer.concat([Buffer.from(`${Buffer.from(script).toString("base64")}\n`), rest]));
    },
    flush(done) {
      done(null, before === undefined ? undefined : Buffer.from(move(before.toString())));
    },
  });
}
