import { kubernetesStandIn } from "./kubernetes/kubernetesStandIn";
import { runPlugin } from "./protocol/runPlugin";

if (require.main === module) void runPlugin(kubernetesStandIn());
