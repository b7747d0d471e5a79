import { randomBytes } from "node:crypto";
import { readOrCreate } from "../machine/files";

/** The passphrase that opens the secrets of a lab's stacks, made once and kept in `file`. */
export async function ensurePassphrase(file: string): Promise<string> {
  const text = await readOrCreate(file, () => `${randomBytes(24).toString("base64url")}\n`);
  return text.trim();
}
