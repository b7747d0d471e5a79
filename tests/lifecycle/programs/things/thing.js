// What a Thing is: a JSON file in the folder THINGS_WORLD. Every call is noted, one JSON a line, in THINGS_JOURNAL.
// Its id is its name and how many of that name were made before it; with `adopts` just the name, so that a creation
// done again finds what the first one made, as with an object whose name the program gives.
const fs = require("node:fs");
const path = require("node:path");

const file = (id) => path.join(process.env.THINGS_WORLD, `${id}.json`);
const note = (call, name) => fs.appendFileSync(process.env.THINGS_JOURNAL, `${JSON.stringify({ call, name })}\n`);
function newId({ name, adopts }) {
  const made = path.join(path.dirname(process.env.THINGS_WORLD), `made-${name}`);
  fs.appendFileSync(made, ".");
  return adopts === true ? name : `${name}-${fs.statSync(made).size}`;
}
const pause = (milliseconds = 0) => new Promise((resolve) => setTimeout(resolve, milliseconds));

function outputs(props) {
  return { ...props, computed: `${props.name}=${JSON.stringify(props.value ?? null)}` };
}

function save(id, props) {
  const { __provider, ...visible } = props;
  fs.writeFileSync(file(id), JSON.stringify(visible));
}

async function apply(call, id, props) {
  note(`${call} begins`, props.name);
  await pause(props.milliseconds);
  if (props.fail === call) {
    throw new Error(`the ${call} of ${props.name} was told to fail`);
  }
  save(id, outputs(props));
  note(call, props.name);
  if (props.halfFail === call) {
    throw Object.assign(new Error("half done"), {
      id,
      properties: outputs(props),
      reasons: [`${props.name} is not ready`],
    });
  }
  if (props.say !== undefined) {
    console.log(`${props.say} ${props.value}`);
  }
}

exports.check = async (olds, news) => {
  const failures = news.invalid === undefined ? [] : [{ property: "invalid", reason: news.invalid }];
  return { inputs: news, failures };
};

exports.diff = async (id, olds, news) => ({
  replaces: olds.key === news.key ? [] : ["key"],
  deleteBeforeReplace: news.deleteFirst === true,
  ...(news.never === true && { changes: false }),
});

exports.create = async (inputs) => {
  const id = newId(inputs);
  await apply("create", id, inputs);
  return { id, outs: outputs(inputs) };
};

exports.read = async (id, props) => {
  note("read", props.name);
  if (!fs.existsSync(file(id))) {
    return {};
  }
  const found = JSON.parse(fs.readFileSync(file(id), "utf8"));
  const { computed: _computed, ...inputs } = found;
  return { id, props: found, inputs };
};

exports.update = async (id, olds, news) => {
  await apply("update", id, news);
  return { outs: outputs(news) };
};

exports.delete = async (id, props) => {
  note("delete begins", props.name);
  await pause(props.milliseconds);
  if (props.fail === "delete") {
    throw new Error(`the delete of ${props.name} was told to fail`);
  }
  fs.rmSync(file(id), { force: true });
  note("delete", props.name);
};
