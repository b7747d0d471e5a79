import * as pulumi from "@pulumi/pulumi";

/**
 * A resource whose check, create, read, update and delete are the exports of a built module of this package, as with
 * `pulumi.dynamic.Resource` and in the same plugin process. That class writes the text of its provider into the inputs and
 * outputs of every resource, some kilobytes of a closure's code; here the text is one constant line that loads the module, the
 * same in every release, and the real code is ordinary, testable TypeScript.
 *
 * The module runs under plain node with the program's folder as its working directory; from there the package's own name
 * finds it, in the package itself as well as in a program that depends on it. It exports `configure` of configured.ts too.
 *
 * A module's `check` seals what the state need not have in its inputs (sealed.ts); it exports `diff` only where the engine's own
 * comparison of the inputs does not do, which shows a file line by line. Mirrors `dynamic.Resource` (sdk/nodejs/dynamic/index.ts) and what its plugin reads (cmd/dynamic-provider).
 *
 * @example
 * class Thing extends DynamicResource {
 *   constructor(name: string, args: ThingArgs, opts?: pulumi.CustomResourceOptions) {
 *     super("Thing", name, args, opts);
 *   }
 * }
 */
export abstract class DynamicResource extends pulumi.CustomResource {
  /** @param type of the resource; package.json's `exports` name its provider's module by it. */
  constructor(type: string, name: string, props: pulumi.Inputs, opts?: pulumi.CustomResourceOptions) {
    const inputs = { ...props, __provider: providerText(type) };
    super(`pulumi-nodejs:dynamic/kubernetes-worker-nodes:${type}`, name, inputs, opts);
  }
}

/** JavaScript that gives the provider when its `handler` is called, as the plugin does once a process. Each resource has it twice, so it is short. */
function providerText(type: string): string {
  return `exports.handler=()=>require("module").createRequire(process.cwd()+"/")("kubernetes-worker-nodes/${type}")`;
}
