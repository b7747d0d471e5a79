import { readFileSync } from "node:fs";
import { programOf } from "../cpuSampler";
import { benchMark } from "../mark";
import { processesWith } from "../../lab/machine/processTable";

const intervalMs = 500;

/** Most memory that a process of each program had, in bytes; the kernel keeps the most, which is looked at twice a second. */
export class MemorySampler {
  private readonly peaks: Record<string, number> = {};
  private readonly timer = setInterval(() => this.look(), intervalMs);

  stop(): Record<string, number> {
    clearInterval(this.timer);
    return this.peaks;
  }

  private look(): void {
    for (const pid of processesWith(...benchMark)) {
      const { name, peak } = statusOf(pid);
      const program = programOf(name, String(pid));
      this.peaks[program] = Math.max(this.peaks[program] ?? 0, peak);
    }
  }
}

/** A process may have ended meanwhile: it then has nothing. See proc(5) for the fields. */
function statusOf(pid: number): { name: string; peak: number } {
  try {
    const text = readFileSync(`/proc/${pid}/status`, "utf8");
    const [, kilobytes = "0"] = /^VmHWM:\s+(\d+) kB$/m.exec(text) ?? [];
    return { name: /^Name:\t(.*)$/m.exec(text)?.[1] ?? "", peak: Number(kilobytes) * 1024 };
  } catch {
    return { name: "", peak: 0 };
  }
}
