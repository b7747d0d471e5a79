import { keepHeapSmall } from "./heap";

/**
 * Secrets that a state has once and not in every resource: Pulumi gives a dynamic provider the stack's configuration and keeps that,
 * encrypted, as the provider's own inputs, with which it also refreshes and destroys without the program. So where a secret is the
 * value of one of these keys, resources only say the key. As with any provider's credentials, what counts is the value that the last
 * `up` was given.
 */
const keys = ["kubeconfig", "sshPrivateKey"] as const;

const form = /^\[configured (\S+) [0-9a-f]+\]$/;

/** Key -> value. */
const values = new Map<string, string>();

/** What the dynamic provider calls first, in each process; `get` is `pulumi.dynamic.Config`'s, by key of the project. */
export function configure({ config }: { config: { get(key: string): string | undefined } }): Promise<void> {
  keepHeapSmall();
  values.clear();
  for (const key of keys) {
    const value = config.get(key);
    if (value !== undefined && value !== "") values.set(key, value);
  }
  return Promise.resolve();
}

/** The configuration has lost a value that a resource relies on. */
export class NotConfigured extends Error {
  override readonly name = "NotConfigured";
}

/** Whether a text stands for one that the configuration has. */
export function isConfigured(text: string): boolean {
  return form.test(text);
}

/**
 * What stands for a text, if the configuration has it; the digest has it change when the text does.
 *
 * @example configuredKey(key, "[sha256 2bb80d53...]")   // [configured sshPrivateKey 2bb80d53...]
 */
export function configuredKey(text: string, digest: string): string | undefined {
  const key = keys.find((one) => values.get(one) === text);
  return key && digest.replace("sha256", `configured ${key}`);
}

/** The text of {@link configuredKey}, as the configuration has it now. @throws NotConfigured naming the key where it has none. */
export function configuredText(text: string): string {
  const [, key = ""] = form.exec(text) ?? [];
  const value = values.get(key);
  if (value !== undefined) return value;
  throw new NotConfigured(
    `${key} was a value of the stack's configuration when this resource was last changed, and is none now: set it again, ` +
      `or give it in another way and run \`pulumi up\` before anything else`,
  );
}
