import * as pulumi from "@pulumi/pulumi";
import type { FileMap } from "../host/files";
import { HostPrerequisites, type HostPrerequisitesArgs } from "../host/hostPrerequisites";
import { ipvsScheduler } from "../render/kubeProxyConfiguration";
import { renderModulesLoad, requiredModules } from "../render/modulesLoad";
import { requiredPackages } from "../render/packages";
import { paths } from "../render/paths";
import { renderSysctl, requiredSysctls } from "../render/sysctl";
import { hasApiServers } from "./apiServerProxy";
import type { HostPreparationArgs, NodePartArgs } from "./nodePartArgs";
import { checkedPartArgs, parts } from "./partArguments";
import { verificationFile } from "./verification";

/**
 * The base system: packages, kernel modules and kernel parameters that the chosen modes need, now and after a reboot; and the
 * script that looks at a finished node.
 *
 * @example
 * new HostPreparation("node-1-preparation", { connection, claim, cluster: { clusterCIDR: "10.2.0.0/16" }, cniMode: "none" });
 */
export class HostPreparation extends HostPrerequisites {
  constructor(name: string, args: HostPreparationArgs, opts?: pulumi.CustomResourceOptions) {
    super(name, prerequisites(checkedPartArgs(parts.preparation, name, args)), opts);
  }
}

function prerequisites(args: NodePartArgs): HostPrerequisitesArgs {
  const { connection, claim, kubeProxyMode, cniMode, flannelBackend } = args;
  const modes = { kubeProxyMode, cniMode, flannelBackend };
  // Of kube-proxy's configuration only the scheduler of mode ipvs counts: a secret that has no say here makes nothing secret.
  const ofProxy = pulumi.output(kubeProxyMode === "ipvs" ? args.kubeProxyConfiguration : {});
  const kernelModules = ofProxy.apply((overrides) =>
    requiredModules({ ...modes, scheduler: ipvsScheduler(overrides) }),
  );
  const sysctls = requiredSysctls(modes);
  const files = pulumi.all([verificationFile(args), kernelModules]).apply(([verification, modules]): FileMap => ({
    [paths.modulesLoad]: { content: renderModulesLoad(modules) },
    [paths.sysctl]: { content: renderSysctl(sysctls) },
    [paths.verification]: verification,
  }));
  const inForce = Object.fromEntries(Object.entries(sysctls).map(([key, value]) => [key, String(value)]));
  const packages = requiredPackages({ ...modes, apiServerProxy: hasApiServers(args) });
  return { connection, claim, packages, kernelModules, sysctls: inForce, files };
}
