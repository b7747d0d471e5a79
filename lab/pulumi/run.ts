import { spawn } from "node:child_process";
import type { LabFiles } from "../plan/layout";
import { runEnvironment } from "./environment";

/** Runs the Pulumi CLI on a lab's stack, on this terminal. @returns its exit code, 130 where a signal ended it. */
export async function runPulumi(files: LabFiles, args: string[]): Promise<number> {
  const env = { ...process.env, ...runEnvironment(files) };
  const child = spawn("pulumi", args, { cwd: files.pulumi, env, stdio: "inherit" });
  // A Ctrl-C in the terminal reaches the CLI too, which lets running steps end and keeps its state.
  const leaveItToTheChild = (): void => undefined;
  const passOn = (): void => void child.kill("SIGTERM");
  process.on("SIGINT", leaveItToTheChild).on("SIGTERM", passOn);
  return new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => resolve(signal === null ? (code ?? 1) : 130));
  }).finally(() => process.off("SIGINT", leaveItToTheChild).off("SIGTERM", passOn));
}
