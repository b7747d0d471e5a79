/** What a program may ask of Pulumi and not of this engine; refused by name, never left out in silence. */
import { status } from "@grpc/grpc-js";
import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";

/** Goes back to the program as an error of the call that asked. */
export class RefusedError extends Error {
  readonly code = status.UNIMPLEMENTED;

  constructor(what: string) {
    super(`the lab's engine does not support ${what}; run the program with the Pulumi CLI`);
  }
}

const hasEntries = (value: object | undefined): boolean =>
  value !== undefined && Object.values(value).some((list) => Array.isArray(list) && list.length > 0);

/** @throws RefusedError naming the first option of a registration that is not supported. */
export function refuseOptions(request: RegisterResourceRequest): void {
  const asked: [string, boolean][] = [
    ["remote components (Construct)", request.getRemote()],
    ["the option `transforms`", request.getTransformsList().length > 0],
    ["the option `hooks`", hasEntries(request.getHooks()?.toObject())],
    ["the option `stateMigrations`", request.getStateMigrationsList().length > 0],
    ["the option `import`", request.getImportid() !== ""],
    ["the option `replaceWith`", request.getReplaceWithList().length > 0],
    ["the option `replacementTrigger`", request.hasReplacementTrigger()],
    ["the option `hideDiffs`", request.getHidediffsList().length > 0],
    ["the option `envVarMappings`", request.getEnvvarmappingsMap().getLength() > 0],
    ["the option `pluginDownloadURL`", request.getPlugindownloadurl() !== ""],
    ["parameterized packages", request.getPackageref() !== ""],
    ["PCL snippets", request.getSnippetid() !== ""],
  ];
  const refused = asked.find(([, isAsked]) => isAsked);
  if (refused !== undefined) {
    throw new RefusedError(`${refused[0]} (resource ${request.getName()} of type ${request.getType()})`);
  }
}

/** Resources Pulumi itself provides. */
export function refuseBuiltIn(type: string): void {
  if (/^pulumi:pulumi:(?!Stack$)/.test(type)) {
    throw new RefusedError(`resources of type ${type}`);
  }
}
