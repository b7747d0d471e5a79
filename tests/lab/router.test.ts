import { type NodeObject, routeChanges, wantedRoutes } from "../../lab/network/routes";

const node = (name: string, podCIDR?: string, address?: string): NodeObject => ({
  metadata: { name },
  spec: { podCIDR },
  status: { addresses: address === undefined ? [] : [{ type: "InternalIP", address }] },
});
const routesOf = (...nodes: NodeObject[]) => wantedRoutes(nodes, "10.231.0.0/24", "10.2.0.0/16");

describe("routes to pods", () => {
  test("each node's pods are reached by its host", () => {
    expect(routesOf(node("a", "10.2.0.0/24", "10.231.0.11"), node("b", "10.2.1.0/24", "10.231.0.12"))).toEqual({
      "10.2.0.0/24": "10.231.0.11",
      "10.2.1.0/24": "10.231.0.12",
    });
  });

  test("a node without a range or an address yet gets none", () => {
    expect(routesOf(node("a", undefined, "10.231.0.11"), node("b", "10.2.1.0/24"))).toEqual({});
  });

  test("a node cannot draw other networks, or draw its own to another host", () => {
    expect(routesOf(node("a", "192.0.2.0/24", "10.231.0.11"), node("b", "10.2.1.0/24", "192.0.2.9"))).toEqual({});
    expect(routesOf(node("a", "0.0.0.0/0", "10.231.0.11"))).toEqual({});
  });

  test("only what differs is changed", () => {
    const present = { "10.2.0.0/24": "10.231.0.11", "10.2.1.0/24": "10.231.0.12", "10.2.9.0/24": "10.231.0.13" };
    const wanted = { "10.2.0.0/24": "10.231.0.11", "10.2.1.0/24": "10.231.0.14", "10.2.2.0/24": "10.231.0.12" };
    expect(routeChanges(present, wanted)).toEqual({
      replace: { "10.2.1.0/24": "10.231.0.14", "10.2.2.0/24": "10.231.0.12" },
      remove: ["10.2.9.0/24"],
    });
    expect(routeChanges(present, present)).toEqual({ replace: {}, remove: [] });
  });
});
