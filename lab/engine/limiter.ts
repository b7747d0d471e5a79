/** At most so many pieces of work at a time, in the order they came. */
export class Limiter {
  private running = 0;
  private readonly waiting: (() => void)[] = [];
  private idlers: (() => void)[] = [];

  constructor(private readonly limit: number) {}

  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.running >= this.limit) {
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    } else {
      this.running++;
    }
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) {
        this.running--;
        this.settle();
      } else {
        next();
      }
    }
  }

  /** Resolves when nothing runs and nothing waits. */
  idle(): Promise<void> {
    return new Promise((resolve) => {
      this.idlers.push(resolve);
      this.settle();
    });
  }

  private settle(): void {
    if (this.running === 0) {
      this.idlers.forEach((resolve) => {
        resolve();
      });
      this.idlers = [];
    }
  }
}
