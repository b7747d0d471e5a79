import { createInterface } from "node:readline/promises";
import { UsageError } from "../arguments";

/** Whom `init` asks and tells. */
export interface Terminal {
  /** Tells where a value comes from. */
  say: (line: string) => void;
  /** An answer; without a terminal the question is kept, and {@link Terminal.finish} lists all of them. */
  ask: (question: string, option: string) => Promise<string>;
  /** Whether a person agrees; without a terminal only an option does. */
  confirm: (question: string, option: string) => Promise<boolean>;
  /** @throws UsageError naming every option that was missing */
  finish: () => void;
}

/** @param interactive false where nobody is there to answer */
export function openTerminal(interactive: boolean): Terminal {
  const missing: string[] = [];
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  const question = async (text: string): Promise<string> => {
    const lines = createInterface({ input: process.stdin, output: process.stderr });
    try {
      return (await lines.question(text)).trim();
    } finally {
      lines.close();
    }
  };
  return {
    say,
    ask: async (text, option) => {
      const answer = interactive ? await question(`${text}: `) : "";
      if (answer === "") missing.push(`  ${option}: ${text}`);
      return answer;
    },
    confirm: async (text, option) => {
      if (interactive) return /^y(es)?$/i.test(await question(`${text} [y/N] `));
      missing.push(`  ${option}: ${text}`);
      return false;
    },
    finish: () => {
      if (missing.length === 0) return;
      const what = missing.length === 1 ? "this could not be found" : `these ${missing.length} could not be found`;
      throw new UsageError(`${what}; give it by an option:\n${missing.join("\n")}\n\nNothing was written.`);
    },
  };
}
