import type { dynamic } from "@pulumi/pulumi";

type Crud = Required<Pick<dynamic.ResourceProvider, "create" | "read" | "update" | "delete">>;

/**
 * A dynamic provider whose methods only load a built module of this package and call it. Pulumi stores the text of a
 * provider in every resource: this text is short and stays the same across releases, and the real code is ordinary,
 * testable TypeScript. It runs in Pulumi's plugin process, under plain node with the program's folder as its working
 * directory, so the module is looked for as a dependency of the program first and then as the program's own.
 *
 * There is neither `check` nor `diff`: the engine's own comparison of the inputs shows a file line by line.
 *
 * @param module path of the provider's module below the package's dist folder, without extension.
 */
export function providerShim(module: string): dynamic.ResourceProvider {
  const load = (): Crud => {
    try {
      return require("kubernetes-worker-nodes/dist/" + module) as Crud;
    } catch (error) {
      if ((error as { code?: string }).code !== "MODULE_NOT_FOUND") throw error;
      return require(process.cwd() + "/dist/" + module) as Crud;
    }
  };
  return {
    create: (inputs) => load().create(inputs),
    read: (id, props) => load().read(id, props),
    update: (id, olds, news) => load().update(id, olds, news),
    delete: (id, props) => load().delete(id, props),
  };
}
