import type { dynamic } from "@pulumi/pulumi";

/** What a provider's module exports; `diff` only where the engine's own comparison of the inputs does not do. */
type Crud = Required<Pick<dynamic.ResourceProvider, "create" | "read" | "update" | "delete" | "diff">>;

/**
 * A dynamic provider whose methods only load a built module of this package and call it. Pulumi stores the text of a
 * provider in every resource: this text is short and stays the same across releases, and the real code is ordinary,
 * testable TypeScript. It runs in Pulumi's plugin process, under plain node with the program's folder as its working
 * directory; from there the package's own name finds the module, in the package itself as well as in a program that
 * depends on it.
 *
 * There is no `check`, and without `options.diff` no `diff`: the engine's own comparison of the inputs shows a file line by line.
 *
 * @param module path of the provider's module below the package's dist folder. @example "host/hostBinariesProvider.js"
 */
export function providerShim(module: string, options: { diff?: boolean } = {}): dynamic.ResourceProvider {
  const load = (): Crud =>
    process.getBuiltinModule("node:module").createRequire(process.cwd() + "/")(
      "kubernetes-worker-nodes/dist/" + module,
    ) as Crud;
  const crud: dynamic.ResourceProvider = {
    create: (inputs) => load().create(inputs),
    read: (id, props) => load().read(id, props),
    update: (id, olds, news) => load().update(id, olds, news),
    delete: (id, props) => load().delete(id, props),
  };
  return options.diff === true ? { ...crud, diff: (id, olds, news) => load().diff(id, olds, news) } : crud;
}
