import { randomBytes } from "node:crypto";

/** What became of one look. */
export interface LookResult {
  /** What it printed, errors too. */
  output: string;
  code: number;
}

interface Waiting {
  script: string;
  resolve: (result: LookResult) => void;
  reject: (reason: unknown) => void;
}

/** How long others are waited for, in milliseconds: a refresh asks for all resources of a host at once. */
const gathering = 25;

/**
 * Looks at one host that are asked for at the same time: they go there as one script, and so as one round trip. What is asked for
 * while such a script runs goes with the next one: the host would do one after the other anyway, and where hundreds are looked at,
 * the looks of one come late.
 */
export class LookBatch {
  private waiting: Waiting[] = [];
  private running: Promise<void> = Promise.resolve();

  /** @param run runs a script on the host and gives what it printed. */
  constructor(private readonly run: (script: string) => Promise<string>) {}

  /** Adds a script that only reads. */
  look(script: string): Promise<LookResult> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ script, resolve, reject });
      if (this.waiting.length === 1) setTimeout(() => this.sendNext(), gathering);
    });
  }

  private sendNext(): void {
    this.running = this.running.then(() => this.send());
  }

  private async send(): Promise<void> {
    const batch = this.waiting;
    this.waiting = [];
    if (batch.length === 0) return;
    // Nothing that a host prints can be taken for it.
    const mark = randomBytes(12).toString("hex");
    const parts = batch.map(({ script }) => `(\n${script}\n) 2>&1\nprintf '\\n%s %s\\n' ${mark} "$?"\n`);
    try {
      const outputs = (await this.run(parts.join(""))).split(`\n${mark} `);
      batch.forEach(({ resolve, reject }, index) => {
        const end = outputs[index + 1];
        if (end === undefined) return reject(new Error("the host ended the script before it had looked at everything"));
        const before = outputs[index] ?? "";
        const output = index === 0 ? before : before.slice(before.indexOf("\n") + 1);
        resolve({ output, code: Number(end.slice(0, end.indexOf("\n"))) });
      });
    } catch (error) {
      // A host that has not answered is not waited for again by those behind.
      for (const { reject } of [...batch, ...this.waiting]) reject(error);
      this.waiting = [];
    }
  }
}
