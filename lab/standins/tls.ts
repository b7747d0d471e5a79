import { runPlugin } from "./protocol/runPlugin";
import type { StandIn } from "./protocol/standIn";
import { certRequest } from "./tls/certRequest";
import { locallySignedCert } from "./tls/locallySignedCert";
import { privateKey } from "./tls/privateKey";

/** Stands in for pulumi-resource-tls: ECDSA keys, certificate requests and client certificates signed by a given CA. */
export const tlsStandIn: StandIn = {
  name: "tls",
  acceptSecrets: false,
  resources: {
    "tls:index/privateKey:PrivateKey": privateKey,
    "tls:index/certRequest:CertRequest": certRequest,
    "tls:index/locallySignedCert:LocallySignedCert": locallySignedCert,
  },
};

if (require.main === module) void runPlugin(tlsStandIn);
