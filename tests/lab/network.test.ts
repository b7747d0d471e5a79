import { overlaps } from "../../lab/network/freeNetworks";
import { nftablesRules } from "../../lab/network/network";
import { layoutOf } from "../../lab/plan/layout";
import { parseCounters } from "../../lab/network/sshCounters";
import { completeOptions } from "../../lab/plan/options";

test.each([
  ["10.231.0.0/24", "10.231.0.0/16", true],
  ["10.231.0.7", "10.231.0.0/24", true],
  ["10.2.0.0/16", "10.231.0.0/24", false],
])("networks %s and %s share addresses: %p", (one, other, shared) => {
  expect([overlaps(one, other), overlaps(other, one)]).toEqual([shared, shared]);
});

test("the machine hides hosts and pods behind its address only where they leave the lab", () => {
  const options = completeOptions({ subnet: "10.232.0.0/24", name: "x" });
  expect(nftablesRules(options, layoutOf(options, "/tree"))).toBe(`table ip kwn-x
delete table ip kwn-x
table ip kwn-x {
  chain postrouting {
    type nat hook postrouting priority srcnat;
    ip saddr { 10.232.0.0/24, 10.3.0.0/16 } oifname != "kwn-x" masquerade
  }
  chain output {
    type filter hook output priority filter;
    oifname "kwn-x" icmp type redirect drop
  }
}
`);
});

test("SSH traffic is counted by host, and a counter that is gone is an error", () => {
  const counter = (name: string, packets: number, bytes: number) => ({ counter: { name, packets, bytes } });
  const listed = { nftables: [{ metainfo: {} }, counter("a-connections", 2, 120), counter("a-sent", 9, 900)] };
  const all = { nftables: [...listed.nftables, counter("a-received", 8, 800)] };
  expect(parseCounters(JSON.stringify(all), ["a"])).toEqual({
    a: { connections: 2, sentBytes: 900, receivedBytes: 800 },
  });
  expect(() => parseCounters(JSON.stringify(listed), ["a"])).toThrow(/no counter a-received/);
});
