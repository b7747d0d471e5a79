import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import type * as library from "../../components";
import type { hostKey, workerNodeArgs } from "./workerNodeArgs";

/** What a program of a test is given; it sees nothing else, because it runs in another process. */
export interface Given {
  pulumi: typeof pulumi;
  library: typeof library;
  args: typeof workerNodeArgs;
  hostKey: typeof hostKey;
  /** Values of the test. */
  values: Record<string, string>;
}

/** What came of a program: the errors nobody handled, and the names of the resources that have a connection. */
export interface Outcome {
  errors: string[];
  connected: string[];
}

/**
 * Runs programs with the built library in a process of their own, one after the other, because an Output's error is one that nobody
 * handles, for which Jest has an answer of its own. Pulumi's mocks are the engine.
 */
export function runPrograms(
  programs: Record<string, (given: Given) => void>,
  values: Record<string, string>,
  preview: boolean,
): Record<string, Outcome> {
  const texts = Object.entries(programs).map(([name, run]) => [name, run.toString()]);
  const text = `
    const pulumi = require("@pulumi/pulumi");
    const library = require("./dist/components");
    const { args, hostKeys, values, texts, preview } = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
    const given = { pulumi, library, args, values, hostKey: (fill) => hostKeys[fill] };
    let errors;
    process.on("unhandledRejection", (error) => errors.add(error));
    (async () => {
      const outcomes = {};
      for (const [name, program] of texts) {
        errors = new Set();
        const connected = [];
        const newResource = ({ name, inputs }) => {
          if ("connection" in inputs) connected.push(name);
          return { id: name, state: { ...inputs } };
        };
        await pulumi.runtime.setMocks({ newResource, call: () => ({}) }, "kubernetes-worker-nodes", "test", preview);
        eval("(" + program + ")")(given);
        await pulumi.runtime.disconnect().catch((error) => errors.add(error));
        await new Promise((resolve) => setTimeout(resolve, 200));
        outcomes[name] = { errors: [...errors].map(({ message }) => message), connected };
      }
      console.log(JSON.stringify(outcomes));
    })();`;
  // Imported here, as the child has to be told the values.
  const { workerNodeArgs: args, hostKey: keyOf } =
    jest.requireActual<typeof import("./workerNodeArgs")>("./workerNodeArgs");
  const hostKeys = Array.from({ length: 10 }, (_, fill) => keyOf(fill));
  const output = execFileSync(process.execPath, ["-e", text], {
    cwd: join(__dirname, "../.."),
    encoding: "utf8",
    input: JSON.stringify({ args, hostKeys, values, texts, preview }),
  });
  return JSON.parse(output.trim().split("\n").at(-1) ?? "{}") as Record<string, Outcome>;
}
