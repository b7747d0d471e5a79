import { setTimeout as sleep } from "node:timers/promises";
import type { Lab } from "../../lab/lab";

const ask = "curl -s -o /dev/null --max-time 5 --cacert /etc/kubernetes/pki/ca.crt https://127.0.0.1:8443/readyz";

/** Asks again and again by the node's own endpoint: when, curl's status, milliseconds. */
const asking = `
rm -f /run/asking-ends; : > /run/asked
nohup bash -c 'while [ ! -e /run/asking-ends ]; do
  at=$(date +%s%3N); ${ask}; status=$?; echo "$at $status $(($(date +%s%3N) - at))" >> /run/asked; sleep 0.1
done' > /dev/null 2>&1 &`;

/** One request of a node. */
export interface Asked {
  /** Milliseconds since 1970. */
  at: number;
  ok: boolean;
  milliseconds: number;
}

/** Requests that each node of a lab makes by its own endpoint while something happens; by node. */
export async function askedWhile(lab: Lab, body: () => Promise<void>): Promise<Record<string, Asked[]>> {
  const onAll = (script: string) =>
    Promise.all(lab.hosts.map(async ({ name }) => [name, await lab.exec(name, script)] as const));
  await onAll(asking);
  try {
    await sleep(1000);
    await body();
  } finally {
    await onAll(": > /run/asking-ends");
  }
  await sleep(500);
  const answers = await onAll("cat /run/asked");
  return Object.fromEntries(answers.map(([name, { stdout }]) => [name, stdout.trim().split("\n").map(readLine)]));
}

function readLine(line: string): Asked {
  const [at = 0, status = 1, milliseconds = 0] = line.split(" ").map(Number);
  return { at, ok: status === 0, milliseconds };
}

/** What the requests of a time say. */
export function summary(asked: Asked[]): { requests: number; failed: number; lastFailure: number; slowest: number } {
  const [first] = asked;
  const failures = asked.filter(({ ok }) => !ok);
  return {
    requests: asked.length,
    failed: failures.length,
    lastFailure: (failures.at(-1)?.at ?? first?.at ?? 0) - (first?.at ?? 0),
    slowest: Math.max(...asked.map(({ milliseconds }) => milliseconds)),
  };
}
