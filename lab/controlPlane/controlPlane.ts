import * as path from "node:path";
import { lastLines } from "../machine/command";
import type { ControlPlaneProgram } from "./controlPlanePrograms";
import { daemonPid, ensureDaemon } from "../machine/daemons";
import { LabError } from "../machine/errors";
import { readIfExists } from "../machine/files";
import { getText } from "../machine/https";
import { pollUntil } from "../machine/interrupt";
import type { LabLayout } from "../plan/layout";
import { checkPortFree } from "../machine/ports";
import type { Report } from "../machine/progress";

const startTimeoutSeconds = 90;
/** Files of the lab's pki folder that also open etcd's health address. */
const healthClient = { ca: "ca", client: "kubernetes-admin" };
const etcdHealthClient = { ca: "etcd-ca", client: "apiserver-etcd-client" };

/** Starts what does not run, in the order in which they need each other, and waits until each is well. */
export async function ensureControlPlane(
  programs: ControlPlaneProgram[],
  layout: LabLayout,
  report: Report,
): Promise<void> {
  // The API server asks etcd at once; controller manager and scheduler ask the API server.
  const [etcd, apiServer, ...others] = programs;
  for (const program of [etcd, apiServer]) {
    if (!program) continue;
    report.working(`starting ${program.daemon.name}`);
    await ensureProgram(program, layout);
  }
  report.working(`starting ${others.map((program) => program.daemon.name).join(", ")}`);
  await Promise.all(others.map((program) => ensureProgram(program, layout)));
}

/** Starts a program if it does not run, and waits until it is well. */
export async function ensureProgram(program: ControlPlaneProgram, layout: LabLayout): Promise<void> {
  if ((await daemonPid(program.daemon.recordPath)) === undefined) {
    for (const port of program.ports) await checkPortFree(layout.gateway, port);
  }
  await ensureDaemon(program.daemon);
  await waitUntilHealthy(program, layout);
}

/** Whether a program answers that it is well. */
export async function isHealthy(program: ControlPlaneProgram, layout: LabLayout): Promise<boolean> {
  const names = program.daemon.name === "etcd" ? etcdHealthClient : healthClient;
  const read = async (file: string) => (await readIfExists(path.join(layout.files.pki, file))) ?? "";
  const tls = {
    ca: await read(`${names.ca}.crt`),
    cert: await read(`${names.client}.crt`),
    key: await read(`${names.client}.key`),
  };
  const answer = await getText(program.healthUrl, tls, 3000).catch(() => undefined);
  return answer?.status === 200;
}

async function waitUntilHealthy(program: ControlPlaneProgram, layout: LabLayout): Promise<void> {
  const { name, logPath, recordPath } = program.daemon;
  const outcome = await pollUntil(async () => {
    if (await isHealthy(program, layout)) return "healthy" as const;
    return (await daemonPid(recordPath)) === undefined ? ("ended" as const) : undefined;
  }, startTimeoutSeconds);
  if (outcome === "healthy") return;
  const log = (await readIfExists(logPath)) ?? "";
  throw new LabError(
    `${name}: ${outcome === "ended" ? "ended" : `not well after ${startTimeoutSeconds} s`}; the end of ${logPath}:\n` +
      lastLines(log, 12),
    "put right what the log says and run `lab up` again; `lab down` removes what is there",
  );
}
