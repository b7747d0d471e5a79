/** Former names of resources. Source: generateAliases and getOldResource in deploy/step_generator.go. */
import type { Alias, Goal } from "./goal";
import type { ResourceState } from "./state";
import { createUrn, nameOf, qualifiedType, stackType } from "./urn";

export class AliasResolver {
  /** Present URN to the former URN under which the resource was found. */
  private readonly formerUrns = new Map<string, string>();
  /** Former URN to the present one that claimed it. */
  private readonly claims = new Map<string, string>();

  constructor(
    private readonly stack: string,
    private readonly project: string,
    private readonly olds: Map<string, ResourceState>,
  ) {}

  /** The present URN of a resource that was found under a former one. */
  presentUrn(urn: string): string | undefined {
    return this.claims.get(urn);
  }

  /**
   * The old state of a resource: by its own URN, else by the first alias that has one.
   * @param registered the URNs registered so far.
   * @throws Error where two resources claim the same old one.
   */
  find(
    urn: string,
    goal: Goal,
    registered: Set<string>,
  ): { old: ResourceState | undefined; alias: string | undefined } {
    const claimed = this.claims.get(urn);
    if (claimed !== undefined) {
      throw new Error(`resource ${urn} is declared, but ${claimed} declares it as an alias already`);
    }
    for (const candidate of [urn, ...this.aliasesOf(goal)]) {
      const old = this.olds.get(candidate);
      if (old === undefined) {
        continue;
      }
      if (candidate === urn) {
        return { old, alias: undefined };
      }
      const other = registered.has(candidate) ? candidate : this.claims.get(candidate);
      if (other !== undefined) {
        throw new Error(`alias ${candidate} of resource ${urn} is taken by resource ${other}`);
      }
      this.claims.set(candidate, urn);
      this.formerUrns.set(urn, candidate);
      return { old, alias: candidate };
    }
    return { old: undefined, alias: undefined };
  }

  private aliasesOf({ name, type, parent, aliases }: Goal): Set<string> {
    const own = aliases.map((alias) => this.toUrn(alias, name, type, parent));
    const formerParent = this.formerUrns.get(parent);
    if (formerParent === undefined) {
      return new Set(own);
    }
    const inherited = [createUrn(this.stack, this.project, parent, type, name), ...own].map((urn) =>
      this.inherit(urn, nameOf(parent), formerParent),
    );
    return new Set([...own, ...inherited]);
  }

  private toUrn(alias: Alias, name: string, type: string, parent: string): string {
    if (alias.urn !== "") {
      return alias.urn;
    }
    const former = alias.parent === "" ? parent : (this.formerUrns.get(alias.parent) ?? alias.parent);
    const noParent = alias.noParent || qualifiedType(former) === stackType;
    const [stack, project] = [alias.stack || this.stack, alias.project || this.project];
    return createUrn(stack, project, noParent ? "" : former, alias.type || type, alias.name || name);
  }

  /** A child named after its parent was named after the parent's former name. */
  private inherit(child: string, parentName: string, formerParent: string): string {
    const name = nameOf(child);
    const formerName = name.startsWith(parentName) ? nameOf(formerParent) + name.slice(parentName.length) : name;
    const type = qualifiedType(child).split("$").at(-1) ?? "";
    return createUrn(this.stack, this.project, formerParent, type, formerName);
  }
}
