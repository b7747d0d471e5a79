import { z } from "zod";
import type { Fault } from "../fault";
import type { Finding, Path } from "./finding";

// Every message given to zod is a Fault, "rule; fix". Only the rules of single values are built with it; what concerns more than one
// value is in crossChecks.ts, because zod skips an object's refinements as soon as one of its fields is wrong.

/** Text that `check` finds no fault with. `fix` says what to write where it is missing. */
export function text(fix: string, check: (value: string) => Fault | undefined = () => undefined) {
  const error = (issue: { input?: unknown }): Fault =>
    issue.input === undefined ? `is required; ${fix}` : `is not text; put it in quotes`;
  return z.string({ error }).superRefine((value, context) => {
    const message = check(value);
    if (message !== undefined) {
      context.addIssue({ code: "custom", message });
    }
  });
}

/** A whole number between two bounds, as a number or (from `pulumi config set`) as its digits. */
export function integer(least: number, most: number) {
  const error = `is not a whole number from ${least} to ${most}; write one, e.g. ${Math.min(most, Math.max(least, 22))}`;
  const digits = z.preprocess(
    (value) => (typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value),
    z.int({ error }),
  );
  const form = { type: "integer", minimum: least, maximum: most } as const;
  return digits.refine((value) => value >= least && value <= most, { error }).meta(form);
}

/** One word of a list. */
export function choice<const Words extends readonly [string, ...string[]]>(words: Words) {
  const list = words.map((word) => `"${word}"`).join(" or ");
  return z.enum(words, { error: `is not one of the known words; write ${list}` });
}

/** True or false, as itself or (from `pulumi config set`) as the word. */
export const flag = z
  .preprocess(
    (value) => (value === "true" ? true : value === "false" ? false : value),
    z.boolean({ error: "is neither true nor false; write one of them, without quotes" }),
  )
  .meta({ type: "boolean" });

/** Tells of a fault at a place below the value; `hidden` where it is about a key, whose value is not shown. */
export type Report = (fault: Fault, below?: Path, hidden?: boolean) => void;

/**
 * A value of a form that zod has no word for: what `read` makes of it, or the faults that it reports.
 *
 * @param form the value's form as JSON Schema says it, for editors
 */
export function judged<T>(form: Record<string, unknown>, read: (value: unknown, report: Report) => T) {
  return z
    .unknown()
    .transform((value, context): T =>
      read(value, (message, below = [], hidden = false) =>
        context.addIssue({ code: "custom", message, path: [...below], params: { hidden } }),
      ),
    )
    .meta(form);
}

/** What a schema has to say of a value. */
export function findingsOf(error: z.ZodError | undefined): Finding[] {
  return (error?.issues ?? []).map((issue) => ({
    path: issue.path.map((part) => (typeof part === "symbol" ? String(part) : part)),
    fault: issue.message,
    hidden: issue.code === "custom" && issue.params?.["hidden"] === true,
  }));
}

/** True where a value is missing, for messages. */
export const isMissing = (issue: { input?: unknown }): boolean => issue.input === undefined;
