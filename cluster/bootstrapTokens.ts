import type { V1Secret } from "@kubernetes/client-node";

/**
 * What the cluster's bootstrap tokens say about a kubelet that does not get its certificate, in one sentence. Token ids are
 * public; nothing else of a token is said.
 *
 * See https://kubernetes.io/docs/reference/access-authn-authz/bootstrap-tokens/
 */
export function describeBootstrapTokens(tokens: readonly V1Secret[], now: Date): string {
  if (tokens.length === 0) {
    return "No bootstrap token is there (a Secret bootstrap-token-<id> in kube-system): run `up --refresh`, which makes it again.";
  }
  const faults = tokens.map((token) => ({ name: token.metadata?.name ?? "?", fault: faultOf(token, now) }));
  const valid = faults.filter(({ fault }) => fault === undefined).map(({ name }) => name);
  if (valid.length > 0)
    return `Bootstrap tokens that are valid: ${valid.join(", ")}; the kubelet's has to be one of them.`;
  const reasons = faults.map(({ name, fault }) => `${name} ${fault}`).join(", ");
  return `No bootstrap token is valid: ${reasons}; give the stack a new one.`;
}

function faultOf(token: V1Secret, now: Date): string | undefined {
  const expiration = field(token, "expiration");
  // What is no time counts as expired, as it does for the API server.
  if (expiration !== undefined && !(Date.parse(expiration) > now.getTime())) return `expired at ${expiration}`;
  if (field(token, "usage-bootstrap-authentication") !== "true") return "may not be used to authenticate";
  return undefined;
}

function field(token: V1Secret, name: string): string | undefined {
  const value = token.data?.[name];
  return value === undefined ? undefined : Buffer.from(value, "base64").toString();
}
