// A program whose resources are data: the key `spec` of the configuration is a list of
//   { name, component?: true, get?: id, props?: {...}, opts?: {...}, outputs?: {...} }
// A text "${name.output}" in props is that output of a resource above; {"secret": value} is a secret of it, {"config": key}
// the secret of that name. Options that take resources (parent, dependsOn, deletedWith) take names.
const pulumi = require("@pulumi/pulumi");

const config = new pulumi.Config();

const provider = {
  check: async (olds, news) => require("./thing").check(olds, news),
  diff: async (id, olds, news) => require("./thing").diff(id, olds, news),
  create: async (inputs) => require("./thing").create(inputs),
  read: async (id, props) => require("./thing").read(id, props),
  update: async (id, olds, news) => require("./thing").update(id, olds, news),
  delete: async (id, props) => require("./thing").delete(id, props),
};

class Thing extends pulumi.dynamic.Resource {
  constructor(name, props, opts) {
    super(provider, name, { computed: undefined, ...props, name }, opts, "things", "Thing");
  }
}

class Group extends pulumi.ComponentResource {
  constructor(name, props, opts) {
    super("things:index:Group", name, props, opts);
  }
}

const made = {};

function value(raw) {
  if (typeof raw === "string") {
    const [, name, output] = /^\$\{([^.]+)\.([^}]+)\}$/.exec(raw) ?? [];
    return name === undefined ? raw : made[name][output];
  }
  if (Array.isArray(raw)) {
    return raw.map(value);
  }
  if (raw === null || typeof raw !== "object") {
    return raw;
  }
  if ("secret" in raw) {
    return pulumi.secret(value(raw.secret));
  }
  if ("config" in raw) {
    return config.requireSecret(raw.config);
  }
  return Object.fromEntries(Object.entries(raw).map(([key, child]) => [key, value(child)]));
}

function options(raw = {}) {
  const resources = ["parent", "deletedWith"]
    .filter((key) => raw[key] !== undefined)
    .map((key) => [key, made[raw[key]]]);
  const dependsOn = (raw.dependsOn ?? []).map((name) => made[name]);
  return { ...raw, ...Object.fromEntries(resources), ...(dependsOn.length > 0 && { dependsOn }) };
}

const outputs = {};
for (const { name, component, get, props = {}, opts, outputs: wanted = {} } of config.requireObject("spec")) {
  if (name === "throw") {
    throw new Error(props.message);
  }
  made[name] = new (component ? Group : Thing)(name, value(props), { ...options(opts), ...(get && { id: get }) });
  Object.entries(wanted).forEach(([key, raw]) => (outputs[key] = value(raw)));
}
module.exports = outputs;
