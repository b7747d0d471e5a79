/**
 * What is wrong with one value, as "rule; fix": the rule continues the sentence that begins with the value, the fix says what to
 * write. Checks return undefined for a value that passes.
 *
 * @example 'is not an IP address; write e.g. "10.1.0.2"'
 */
export type Fault = string;

/** Parts of a fault. A fault without "; " is all rule. */
export function splitFault(fault: Fault): { rule: string; fix: string } {
  const at = fault.indexOf("; ");
  return at < 0 ? { rule: fault, fix: "" } : { rule: fault.slice(0, at), fix: fault.slice(at + 2) };
}
