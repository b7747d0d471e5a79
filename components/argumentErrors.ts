import * as pulumi from "@pulumi/pulumi";
import { errorsMessage, toError, type Finding, type Path } from "../base/rules/finding";

/** Arguments whose values are secret. */
const secretNames = new Set([
  ...["privateKey", "privateKeyPassword", "password"],
  ...["bootstrapToken", "kubeconfig", "caPrivateKeyPem", "privateKeyPem"],
]);

/**
 * One error for everything wrong with a component's arguments, which the engine prints without a stack trace.
 *
 * @param component kind and name. @example 'WorkerPool "rack-1"'
 * @param isSecret tells of values that are never shown, besides those that always are secret
 */
export function argumentsError(
  component: string,
  findings: readonly Finding[],
  args: Record<string, unknown>,
  isSecret: (path: Path) => boolean = () => false,
): pulumi.RunError {
  const hidden = (path: Path): boolean => path.some((part) => secretNames.has(String(part))) || isSecret(path);
  const errors = findings.map((finding) => toError(finding, args, hidden));
  const text = `${component}: ${errorsMessage("in its arguments", errors)}`;
  const error = new pulumi.RunError(text);
  // Where the error comes from an Output, the SDK writes 'error serializing property "files": ' before it, once for each object on
  // the way. What is wrong is the argument, which the text names.
  Object.defineProperty(error, "message", { get: () => text, set: () => undefined });
  return error;
}
