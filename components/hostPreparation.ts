import * as pulumi from "@pulumi/pulumi";
import { HostPrerequisites } from "../host/hostPrerequisites";
import { renderModulesLoad, requiredModules } from "../render/modulesLoad";
import { requiredPackages } from "../render/packages";
import { paths } from "../render/paths";
import { renderSysctl, requiredSysctls } from "../render/sysctl";
import type { NodePartArgs } from "./nodePartArgs";

/** The base system: packages, kernel modules and kernel parameters that the chosen modes need, now and after a reboot. */
export class HostPreparation extends pulumi.ComponentResource {
  constructor(name: string, args: NodePartArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kubernetes-worker-nodes:index:HostPreparation", name, {}, opts);
    const modes = { kubeProxyMode: args.kubeProxyMode, cniMode: args.cniMode };
    const kernelModules = requiredModules(modes);
    const sysctls = requiredSysctls(modes);
    const files = {
      [paths.modulesLoad]: { content: renderModulesLoad(kernelModules) },
      [paths.sysctl]: { content: renderSysctl(sysctls) },
    };
    const inForce = Object.fromEntries(Object.entries(sysctls).map(([key, value]) => [key, String(value)]));
    const inputs = {
      connection: args.connection,
      claim: args.claim,
      packages: requiredPackages(modes),
      kernelModules,
      sysctls: inForce,
      files,
    };
    new HostPrerequisites(name, inputs, { parent: this });
    this.registerOutputs({});
  }
}
