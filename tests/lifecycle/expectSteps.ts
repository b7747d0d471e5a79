import { explained } from "../support/explained";
import type { Outcome } from "./testStack";

/**
 * Expects a run to have taken exactly the steps named, in an order that keeps each chain.
 * @param chains lists of `operation name`; steps of one list came one after the other, a step may be in several lists.
 * @example expectSteps(outcome, ["create a", "create b"], ["create a", "create c"]); // b and c in any order, after a
 */
export function expectSteps({ steps, output }: Pick<Outcome, "steps" | "output">, ...chains: string[][]): void {
  const wanted = [...new Set(chains.flat())];
  const inChainOrder = chains.map((chain) => steps.filter((step) => chain.includes(step)));
  explained(`The run printed:\n${output}`, () => {
    expect([...steps].sort()).toEqual(wanted.sort());
    expect(inChainOrder).toEqual(chains);
  });
}
