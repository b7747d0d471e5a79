import * as pulumi from "@pulumi/pulumi";

/**
 * A resource whose check, create, read, update and delete are the exports of a built module of this package, as with
 * `pulumi.dynamic.Resource` and in the same plugin process. That class writes the text of its provider into the inputs and
 * outputs of every resource, some kilobytes of a closure's code; here the text is one constant line that loads the module, the
 * same in every release, and the real code is ordinary, testable TypeScript.
 *
 * The module runs under plain node with the program's folder as its working directory; from there the package's own name
 * finds it, in the package itself as well as in a program that depends on it.
 *
 * A module's `check` seals what the state need not have in its inputs (sealed.ts); it exports `diff` only where the engine's own
 * comparison of the inputs does not do, which shows a file line by line. Mirrors `dynamic.Resource` (sdk/nodejs/dynamic/index.ts) and what its plugin reads (cmd/dynamic-provider).
 *
 * @example
 * class Thing extends DynamicResource {
 *   constructor(name: string, args: ThingArgs, opts?: pulumi.CustomResourceOptions) {
 *     super({ type: "Thing", module: "host/thingProvider.js" }, name, args, opts);
 *   }
 * }
 */
export abstract class DynamicResource extends pulumi.CustomResource {
  /** @param provided type of the resource, and path of its provider's module below the package's dist folder. */
  constructor(
    { type, module }: { type: string; module: string },
    name: string,
    props: pulumi.Inputs,
    opts?: pulumi.CustomResourceOptions,
  ) {
    const inputs = { ...props, __provider: providerText(module) };
    super(`pulumi-nodejs:dynamic/kubernetes-worker-nodes:${type}`, name, inputs, opts);
  }
}

/** JavaScript that gives the provider when its `handler` is called, as the plugin does once a process. */
function providerText(module: string): string {
  const load = `process.getBuiltinModule("module").createRequire(process.cwd()+"/")`;
  return `exports.handler=()=>${load}("kubernetes-worker-nodes/dist/${module}")`;
}
