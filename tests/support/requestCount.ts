import type { Lab } from "../../lab/lab";

/** Requests that a host has sent to a URL, one after the other, each with a second to be answered. */
export interface RequestCount {
  sent: number;
  lost: number;
  /** Of the longest time without an answer. */
  longestMilliseconds: number;
}

const file = "/run/requests";

/** Sends requests from a host until the count is asked for. */
export async function countRequests(lab: Lab, host: string, url: string): Promise<() => Promise<RequestCount>> {
  const loop = `while [ -e ${file} ]; do
    if curl -s -o /dev/null --max-time 1 '${url}'; then answer=answered; else answer=lost; fi
    echo "$answer $(date +%s%3N)" >>${file}; sleep 0.02
  done`;
  await lab.exec(host, `: >${file}; loop=$(cat); setsid sh -c "$loop" >/dev/null 2>&1 &`, loop);
  return async () => {
    const { stdout } = await lab.exec(host, `cat ${file}; rm ${file}`);
    return counted(stdout.trim().split("\n"));
  };
}

function counted(lines: string[]): RequestCount {
  const requests = lines
    .map((line) => line.split(" "))
    .map(([answer, at]) => ({ lost: answer === "lost", at: Number(at) }));
  const answers = requests.filter(({ lost }) => !lost).map(({ at }) => at);
  const gaps = answers.slice(1).map((at, index) => at - (answers[index] ?? at));
  return {
    sent: requests.length,
    lost: requests.filter(({ lost }) => lost).length,
    longestMilliseconds: Math.max(0, ...gaps),
  };
}
