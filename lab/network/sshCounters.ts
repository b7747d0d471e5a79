import { run, tryRun } from "../machine/command";

/** What went between this machine and one host over SSH, as the kernel counted it: IP packets of port 22. */
export interface SshTraffic {
  /** TCP connections that were begun. */
  connections: number;
  /** Bytes to the host, headers included. */
  sentBytes: number;
  /** Bytes from the host, headers included. */
  receivedBytes: number;
}

interface CountedHost {
  name: string;
  address: string;
}

/** Two chains of ours in the lab's own table, which goes with the lab. */
const chains = { sent: "ssh-sent", received: "ssh-received" };
const sshPort = 22;

/**
 * Counts SSH traffic of a lab's hosts in the kernel, so that nothing stands between those who talk. One at a time for a lab.
 *
 * @example const counters = await SshCounters.start(lab.network, lab.hosts); ...; await counters.read(); await counters.stop();
 */
export class SshCounters {
  private constructor(
    private readonly table: string,
    private readonly hosts: CountedHost[],
  ) {}

  /** @param table nftables table of the lab, of family ip. */
  static async start(table: string, hosts: CountedHost[]): Promise<SshCounters> {
    const counters = new SshCounters(table, hosts);
    await counters.stop();
    await run("nft", ["-f", "-"], { input: counterRules(table, hosts) });
    return counters;
  }

  /** Host name -> what was counted since the start. */
  async read(): Promise<Record<string, SshTraffic>> {
    const text = await run("nft", ["--json", "list", "counters", "table", "ip", this.table]);
    return parseCounters(
      text,
      this.hosts.map(({ name }) => name),
    );
  }

  /** Takes the rules away, also those that an earlier run has left. */
  async stop(): Promise<void> {
    for (const chain of Object.values(chains)) await tryRun("nft", ["delete", "chain", "ip", this.table, chain]);
    const counters = this.hosts.flatMap(({ name }) => kinds.map((kind) => `${name}-${kind}`));
    for (const counter of counters) await tryRun("nft", ["delete", "counter", "ip", this.table, counter]);
  }
}

const kinds = ["connections", "sent", "received"] as const;

/** The rules for `nft -f`; exported for its test. */
export function counterRules(table: string, hosts: CountedHost[]): string {
  const counters = hosts.flatMap(({ name }) => kinds.map((kind) => `  counter ${name}-${kind} {}`));
  const sent = hosts.flatMap(({ name, address }) => [
    `    ip daddr ${address} tcp dport ${sshPort} tcp flags & (syn | ack) == syn counter name "${name}-connections"`,
    `    ip daddr ${address} tcp dport ${sshPort} counter name "${name}-sent"`,
  ]);
  const received = hosts.map(
    ({ name, address }) => `    ip saddr ${address} tcp sport ${sshPort} counter name "${name}-received"`,
  );
  return `table ip ${table} {
${counters.join("\n")}
  chain ${chains.sent} {
    type filter hook output priority filter;
${sent.join("\n")}
  }
  chain ${chains.received} {
    type filter hook input priority filter;
${received.join("\n")}
  }
}
`;
}

interface CounterList {
  nftables: { counter?: { name: string; packets: number; bytes: number } }[];
}

/** What `nft --json list counters` says, by host; exported for its test. */
export function parseCounters(text: string, hosts: string[]): Record<string, SshTraffic> {
  const listed = (JSON.parse(text) as CounterList).nftables.flatMap(({ counter }) => (counter ? [counter] : []));
  const find = (name: string): { packets: number; bytes: number } => {
    const counter = listed.find((candidate) => candidate.name === name);
    if (counter === undefined)
      throw new Error(`no counter ${name}: was the lab made anew while its traffic was counted?`);
    return counter;
  };
  return Object.fromEntries(
    hosts.map((name) => [
      name,
      {
        connections: find(`${name}-connections`).packets,
        sentBytes: find(`${name}-sent`).bytes,
        receivedBytes: find(`${name}-received`).bytes,
      },
    ]),
  );
}
