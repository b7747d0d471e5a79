import { spawn } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { constants, gunzipSync } from "node:zlib";
import { tryRun } from "../../lab/machine/command";
import type { Lab } from "../../lab/lab";
import { readCheckpoint } from "./checkpoint";
import type { Stack } from "./stack";

/** What every OpenSSH private key begins with. */
const opensshHeader = "b3BlbnNzaC1rZXkt";

/**
 * Texts by which a secret is found: each line of its own, and what base64 makes of it wherever it stands in a text, also
 * twice, as a key in a kubeconfig in a script.
 */
export function traces(secret: string): string[] {
  const lines = secret.split("\n").filter((line) => line.length >= 16 && !line.startsWith("-----"));
  return lines
    .filter((line) => !line.startsWith(opensshHeader))
    .flatMap((line) => [line, ...encodings(line), ...encodings(line).flatMap(encodings)]);
}

/** Three of them, since base64 takes three bytes at a time; without the ends, in which the neighbours have a part. */
function encodings(text: string): string[] {
  return [0, 1, 2].map((before) => {
    const encoded = Buffer.from("\0".repeat(before) + text)
      .toString("base64")
      .replace(/=+$/, "");
    return encoded.slice(before === 0 ? 0 : before + 1, -2);
  });
}

/** Name -> each secret of a stack that is up, the ones that were generated included. */
export async function secretsOf(lab: Lab, stack: Stack): Promise<Record<string, string>> {
  const configured = Object.entries(await stack.configuration()).filter(([, { secret }]) => secret);
  const secrets = Object.fromEntries(configured.map(([key, { value }]) => [key.replace(/.*:/, ""), value]));
  const key = /client-key-data: (\S+)/.exec(secrets["kubeconfig"] ?? "")?.[1] ?? "";
  const [, tokenSecret = ""] = (secrets["bootstrapToken"] ?? "").split(".");
  delete secrets["kubeconfig"];
  const client = { clientKeyData: key, clientKey: Buffer.from(key, "base64").toString() };
  const passphrase = readFileSync(lab.files.passphrase, "utf8").trim();
  return { ...secrets, ...client, passphrase, bootstrapToken: tokenSecret, ...(await generatedKey(stack)) };
}

/** kube-proxy's key in each form that the state has it in, without the lines that are of its public half only. */
async function generatedKey(stack: Stack): Promise<Record<string, string>> {
  const { resources } = await readCheckpoint(stack);
  const made = resources.filter(({ type }) => type.startsWith("tls:"));
  const open = made
    .flatMap(({ outputs = {} }) => Object.values(outputs).filter((value) => typeof value === "string"))
    .join();
  const key = made.find(({ type }) => type === "tls:index/privateKey:PrivateKey");
  const forms = Object.entries(key?.outputs ?? {}).flatMap(([name, value]) => {
    const secret = secretText(value);
    return secret === undefined ? [] : [[name, secret] as const];
  });
  return Object.fromEntries(
    forms.map(([name, secret]) => {
      const lines = secret.split("\n");
      return [`kube-proxy ${name}`, lines.filter((line) => !open.includes(line)).join("\n")];
    }),
  );
}

/** The text of a value that is marked as secret in a state whose secrets are opened. Source: resource/stack of pulumi/pulumi. */
function secretText(value: unknown): string | undefined {
  const { plaintext } = (value ?? {}) as { plaintext?: string };
  if (plaintext === undefined) return undefined;
  const secret: unknown = JSON.parse(plaintext);
  return typeof secret === "string" ? secret : undefined;
}

/** Names of the secrets that a text gives away. */
export function foundIn(text: string, secrets: Record<string, string>): string[] {
  return Object.entries(secrets)
    .filter(([, secret]) => traces(secret).some((trace) => text.includes(trace)))
    .map(([name]) => name);
}

/**
 * Files below a directory that give a secret away, as they are or decompressed. The search reads what it looks for from its
 * standard input.
 */
export async function filesWith(secrets: Record<string, string>, directory: string): Promise<string[]> {
  const input = Object.values(secrets).flatMap(traces).join("\n");
  const { code, stdout, stderr } = await tryRun("grep", [...searchArguments, directory], { input });
  if (code > 1) throw new Error(stderr);
  const compressed = gzipLogs(directory).filter((path) => foundIn(decompressed(path), secrets).length > 0);
  return [...stdout.split("\n"), ...compressed].filter((path) => path !== "").sort();
}

/** The CLI's logs are gzip, but for those of a stack's runs, which are encrypted as the secrets of its state are. */
function gzipLogs(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".log"))
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((path) => readFileSync(path).subarray(0, 2).toString("hex") === "1f8b");
}

/** As far as it goes: a log has no end yet where its process was killed. */
function decompressed(path: string): string {
  return gunzipSync(readFileSync(path), { finishFlush: constants.Z_SYNC_FLUSH }).toString();
}

/** Of grep: names of files with one of the texts of its standard input, whatever kind of file; no devices. */
export const searchArguments = ["-rlF", "-f", "-", "-D", "skip"];

/** Looks at the machine's processes from now on. @returns what ends that and gives every command line seen. */
export function watchProcesses(): () => Promise<string[]> {
  const program = ["--disable-warning=MODULE_TYPELESS_PACKAGE_JSON", join(__dirname, "processSampler.ts")];
  const sampler = spawn(process.execPath, program, { stdio: ["pipe", "pipe", "inherit"] });
  let output = "";
  sampler.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  return () =>
    new Promise((resolve) => {
      sampler.once("close", () => resolve(JSON.parse(output) as string[]));
      sampler.stdin.end();
    });
}
