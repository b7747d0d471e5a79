import { fieldsOf, listOf } from "../base/rules/finding";

/** A resource's record, as far as the comment reads it. */
export interface RecordedResource {
  type: string;
  inputs: Record<string, unknown>;
}

/** What a run would do to one resource. */
export interface PreviewStep {
  /** The engine's word. @example "update" */
  op: string;
  urn: string;
  old?: RecordedResource;
  new?: RecordedResource;
  /** Paths of the inputs that differ. @example ["files[\"/etc/x\"].content"] */
  changed: string[];
}

/** What `pulumi preview --json` says. */
export interface Preview {
  steps: PreviewStep[];
  /** What the engine or the program complained of: errors first. */
  diagnostics: { severity: string; message: string }[];
}

/**
 * Reads what `pulumi preview --json` has written.
 *
 * @param text one JSON document; lines before it, which a wrapper may print, are passed over
 * @throws Error saying what the text is instead
 */
export function readPreview(text: string): Preview {
  const start = /^\{/m.exec(text)?.index;
  if (start === undefined) {
    const begin = text.trim().slice(0, 80);
    throw new Error(`is not what \`pulumi preview --json\` writes: it begins with ${JSON.stringify(begin)}`);
  }
  const document = fieldsOf(parsed(text.slice(start)));
  return {
    steps: listOf(document["steps"]).map(stepOf),
    diagnostics: listOf(document["diagnostics"]).map((item) => {
      const { severity, message } = fieldsOf(item);
      return { severity: textOf(severity), message: textOf(message).trimEnd() };
    }),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`is not one JSON document (${reason}); was the run of \`pulumi preview --json\` cut off?`, {
      cause: error,
    });
  }
}

function stepOf(value: unknown): PreviewStep {
  const { op, urn, oldState, newState, detailedDiff, diffReasons } = fieldsOf(value);
  const detailed = Object.keys(fieldsOf(detailedDiff));
  return {
    op: textOf(op),
    urn: textOf(urn),
    old: recordOf(oldState),
    new: recordOf(newState),
    changed: detailed.length > 0 ? detailed : listOf(diffReasons).map(textOf),
  };
}

function recordOf(value: unknown): RecordedResource | undefined {
  const { type, inputs } = fieldsOf(value);
  return type === undefined ? undefined : { type: textOf(type), inputs: fieldsOf(inputs) };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
