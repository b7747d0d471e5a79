import { parseArgs, type ParseArgsConfig } from "node:util";

/** What a person is told, without a stack trace: what is wrong and what to do. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

type Options = NonNullable<ParseArgsConfig["options"]>;

/**
 * A command's options and arguments.
 *
 * @throws UsageError naming the option that is not known, or lacks its value
 */
export function readArguments<const T extends Options>(args: string[], options: T, help: string) {
  try {
    const config = { args, options, allowPositionals: true, strict: true } as const;
    return parseArgs(config);
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split(". ")[0] ?? "") : String(error);
    throw new UsageError(`${reason}; ${help}`, { cause: error });
  }
}
