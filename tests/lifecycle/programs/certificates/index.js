// Resources of a package with a plugin of its own: by the default provider, or by an explicit one inherited from a component.
const pulumi = require("@pulumi/pulumi");
const tls = require("@pulumi/tls");

const config = new pulumi.Config();
const provider = config.requireBoolean("explicit") ? new tls.Provider("own", {}) : undefined;

if (config.getBoolean("missing")) {
  new pulumi.CustomResource("nowhere:index:Nothing", "nothing", {}, { version: "1.2.3" });
}

class Identity extends pulumi.ComponentResource {
  constructor(name, commonName, opts) {
    super("certificates:index:Identity", name, {}, opts);
    this.key = new tls.PrivateKey(`${name}-key`, { algorithm: "ECDSA", ecdsaCurve: "P256" }, { parent: this });
    this.request = new tls.CertRequest(
      `${name}-request`,
      { privateKeyPem: this.key.privateKeyPem, subject: { commonName } },
      { parent: this },
    );
    this.registerOutputs({ request: this.request.certRequestPem });
  }
}

const identity = new Identity("node", config.require("commonName"), { providers: provider ? [provider] : [] });
exports.publicKey = identity.key.publicKeyPem;
exports.privateKey = identity.key.privateKeyPem;
