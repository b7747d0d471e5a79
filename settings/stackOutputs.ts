import * as pulumi from "@pulumi/pulumi";
import { fieldsOf, type Finding } from "../base/rules/finding";
import { clusterKeys, secretKeys } from "./schema";

/** What another stack answers. */
export interface StackAnswers {
  /** By key of ours. */
  values: Record<string, unknown>;
  /** Keys whose values it keeps secret. */
  secret: string[];
  findings: Finding[];
}

/**
 * Values of the cluster from the outputs of another stack, as the setting `clusterStack` asks for. They are known before anything is
 * made, in a preview too, so that they are judged as any other setting is.
 *
 * @param raw the configuration by key
 * @throws pulumi.RunError where the stack cannot be read
 */
export async function stackOutputs(raw: Record<string, unknown>): Promise<StackAnswers> {
  const { clusterStack: name, clusterStackOutputs } = raw;
  const answers: StackAnswers = { values: {}, secret: [], findings: [] };
  const named = fieldsOf(clusterStackOutputs);
  const unknown = Object.keys(named).filter((key) => !clusterKeys.includes(key));
  const fault = `is no key that another stack answers; those are ${clusterKeys.join(", ")}`;
  answers.findings.push(
    ...unknown.map((key): Finding => ({ path: ["clusterStackOutputs", key], fault, hidden: true })),
  );
  if (typeof name !== "string" || name === "") return answers;
  const stack = new pulumi.StackReference(name);
  const wanted = clusterKeys.filter((key) => key in named || isUnset(raw[key]));
  for (const key of wanted) {
    const output = typeof named[key] === "string" ? named[key] : key;
    const details: { value?: unknown; secretValue?: unknown } = await detailsOf(stack, name, output);
    take(answers, key, { ...details, output, named: key in named });
  }
  return answers;
}

interface Answer {
  output: string;
  value?: unknown;
  secretValue?: unknown;
  /** True where the stack's settings ask for this output by name. */
  named: boolean;
}

function take(answers: StackAnswers, key: string, { output, value, secretValue, named }: Answer): void {
  const path = [key];
  if (value === undefined && secretValue === undefined) {
    const fault = `is asked of the other stack as "${output}", which it has not; export it there, or correct clusterStackOutputs`;
    if (named) answers.findings.push({ path, fault, hidden: true });
    return;
  }
  if (secretValue === undefined && secretKeys.includes(key)) {
    const fault = `comes from an output in clear, "${output}"; make it a secret there: pulumi.secret(...)`;
    answers.findings.push({ path, fault, hidden: true });
  }
  answers.values[key] = secretValue ?? value;
  if (secretValue !== undefined) answers.secret.push(key);
}

async function detailsOf(
  stack: pulumi.StackReference,
  name: string,
  output: string,
): Promise<pulumi.StackReferenceOutputDetails> {
  try {
    return await stack.getOutputDetails(output);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new pulumi.RunError(
      `clusterStack: ${JSON.stringify(name)} cannot be read: ${reason}\n` +
        'Write it as Pulumi names it, organization/project/stack; with a backend of files the organization is "organization".',
    );
  }
}

function isUnset(value: unknown): boolean {
  return value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
}
