import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { digestOf } from "../../base/sealed";
import type { FileMap } from "../../host/files";
import { fileTable, lookTable, parseFiles } from "../../host/files";
import { bundledText } from "../../host/scriptText";
import { orphanLocally, runLocally, temporaryDirectory } from "../support/localShell";

const swapAll = 'for path in $staged; do swap "$path"; done';
const stageFiles = (files: FileMap): string =>
  fileTable(files)
    .map((line) => line.replace(/ (restart|reload|nothing) /, " "))
    .map((line) => `stage_file ${line}`)
    .join("\n");
const reportFiles = (files: FileMap): string =>
  lookTable(files)
    .map((line) => `report_file ${line}`)
    .join("\n");
const settleAll = 'for path in $staged; do settle "$path"; done';

let root: string;
let path: string;
beforeEach(() => {
  root = temporaryDirectory();
  path = join(root, "etc/deep/file.conf");
});
afterEach(() => rmSync(root, { recursive: true }));

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(20);
}

function put(files: FileMap, after = `${swapAll}\n${settleAll}`): void {
  const { code, stderr } = runLocally(root, `${stageFiles(files)}\n${after}`);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
}

describe("a script that a killed run left on a host", () => {
  it("goes on to its end, although nobody hears what it says", async () => {
    orphanLocally(root, `sleep 0.2; echo said; echo said >&2; touch ${root}/end`);
    await until(() => existsSync(join(root, "end")));
  });

  it("lets a package manager end, which would stop half-way if it had nobody to talk to", async () => {
    mkdirSync(join(root, "bin"));
    const manager = `#!/bin/sh\nsleep 0.2; echo unpacking && sleep 0.1 && touch ${root}/installed\n`;
    writeFileSync(join(root, "bin/apt-get"), manager, { mode: 0o755 });
    const library = bundledText("host/scripts/packages.sh");
    orphanLocally(root, `PATH=${root}/bin:$PATH\n${library}\nneed not-there a a a -\ninstall_packages`);
    await until(() => existsSync(join(root, "installed")));
  });

  it("is waited for by the next one", async () => {
    orphanLocally(root, `touch ${root}/begun; sleep 0.5; echo first >>${root}/order`);
    await until(() => existsSync(join(root, "begun")));
    runLocally(root, `echo second >>${root}/order`);
    expect(readFileSync(join(root, "order"), "utf8")).toBe("first\nsecond\n");
  });
});

describe("the lock of a host", () => {
  it("can be held by root only, and is gone when nothing of ours is left", () => {
    put({ [path]: { content: "ours" } });
    expect(statSync(join(root, "lock")).mode & 0o777).toBe(0o600);
    runLocally(root, "remove_owned\nforget_state");
    expect(existsSync(join(root, "lock"))).toBe(false);
  });

  it("is given up with words where somebody removes it each time", () => {
    const { PATH } = process.env;
    mkdirSync(join(root, "bin"));
    writeFileSync(join(root, "bin/flock"), `#!/bin/sh\nrm -f ${root}/lock\n`, { mode: 0o755 });
    process.env.PATH = `${root}/bin:${PATH}`;
    const { code, stderr } = runLocally(root, "echo never");
    process.env.PATH = PATH;
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: `${root}/lock is another file each time it was waited for; see who removes it\n`,
    });
  });

  it("is taken anew by one who waited for a lock that is gone by then", async () => {
    put({ [path]: { content: "ours" } });
    orphanLocally(root, `touch ${root}/begun; sleep 0.5; remove_owned; forget_state; echo removed >>${root}/order`);
    await until(() => existsSync(join(root, "begun")));
    orphanLocally(root, `sleep 0.5; echo waited >>${root}/order`);
    await until(() => existsSync(join(root, "order")));
    // While the one that waited works, a third finds a lock that holds.
    await sleep(200);
    runLocally(root, `echo third >>${root}/order`);
    expect(readFileSync(join(root, "order"), "utf8")).toBe("removed\nwaited\nthird\n");
  });
});

describe("files on a host", () => {
  it("are written with their mode, byte for byte, in directories made for them", () => {
    const content = "a 'quoted' $line\n\twith \\ and \u00e9\n\n";
    put({ [path]: { content, mode: "0600" } });
    expect(readFileSync(path, "utf8")).toBe(content);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(root, "etc/deep"))).toEqual(["file.conf"]);
  });

  it("are left alone, inode and time, when they are right already", () => {
    put({ [path]: { content: "same" } });
    const before = statSync(path);
    put({ [path]: { content: "same" } });
    expect(statSync(path)).toMatchObject({ ino: before.ino, mtimeMs: before.mtimeMs });
  });

  it("get their mode back without being rewritten", () => {
    put({ [path]: { content: "same", mode: "0600" } });
    const { ino } = statSync(path);
    runLocally(root, `chmod 0644 ${path}`);
    put({ [path]: { content: "same", mode: "0600" } });
    expect(statSync(path)).toMatchObject({ ino, mode: 0o100600 });
  });

  it("are put back as they were when a change does not hold", () => {
    put({ [path]: { content: "good" } });
    put({ [path]: { content: "bad" } }, `${swapAll}\nput_back ${path}`);
    expect(readFileSync(path, "utf8")).toBe("good");
  });

  it("are taken away when a change does not hold and there was none before", () => {
    put({ [path]: { content: "bad" } }, `${swapAll}\nput_back ${path}`);
    expect(existsSync(path)).toBe(false);
  });

  it("keep the last good version over a run that was cut off after the swap", () => {
    put({ [path]: { content: "good" } });
    put({ [path]: { content: "bad" } }, swapAll);
    put({ [path]: { content: "worse" } }, `${swapAll}\nput_back ${path}`);
    expect(readFileSync(path, "utf8")).toBe("good");
  });

  it("go on removal, with the directories made for them", () => {
    put({ [path]: { content: "ours" } });
    expect(runLocally(root, "remove_owned\nforget_state").code).toBe(0);
    expect(readdirSync(root)).toEqual([]);
  });

  it("leave what others put beside them", () => {
    put({ [path]: { content: "ours" } });
    writeFileSync(join(root, "etc/deep/theirs"), "");
    runLocally(root, "remove_owned\nforget_state");
    expect(readdirSync(join(root, "etc/deep"))).toEqual(["theirs"]);
  });

  it("give way to the file that was there before them", () => {
    mkdirSync(join(root, "etc/deep"), { recursive: true });
    writeFileSync(path, "the admin's", { mode: 0o640 });
    put({ [path]: { content: "ours" } });
    put({ [path]: { content: "ours, later" } });
    runLocally(root, "remove_owned\nforget_state");
    expect(readFileSync(path, "utf8")).toBe("the admin's");
    expect(existsSync(join(root, "state"))).toBe(false);
  });

  it("give way to the link that was there before them, as that of a masked unit", () => {
    mkdirSync(join(root, "etc/deep"), { recursive: true });
    symlinkSync("/dev/null", path);
    put({ [path]: { content: "ours" } }, `${swapAll}\nput_back ${path}`);
    expect(readlinkSync(path)).toBe("/dev/null");
    put({ [path]: { content: "ours" } });
    runLocally(root, "remove_owned\nforget_state");
    expect(readlinkSync(path)).toBe("/dev/null");
  });

  it("are reported as they are, secret ones by their digest", () => {
    const [other, missing, secret] = [join(root, "etc/other"), join(root, "etc/missing"), join(root, "etc/secret")];
    const files: FileMap = {
      [path]: { content: "one", mode: "0600" },
      [other]: { content: "two" },
      [missing]: { content: "three" },
      [secret]: { content: digestOf("four"), sealed: true },
    };
    put({
      [path]: { content: "", mode: "0600" },
      [other]: { content: "edited\nby hand" },
      [secret]: { content: "four" },
    });
    runLocally(root, `chmod 0644 ${path}`);
    const { stdout } = runLocally(root, reportFiles(files));
    expect(stdout).not.toContain(Buffer.from("four").toString("base64"));
    expect(parseFiles(stdout, files)).toEqual({
      [path]: { content: "", mode: "0644" },
      [other]: { content: "edited\nby hand" },
      [secret]: { content: digestOf("four"), sealed: true },
    });
  });

  it("refuse a path that a script could not handle", () => {
    expect(() => stageFiles({ "/etc/a b": { content: "" } })).toThrow('path "/etc/a b"');
    expect(() => stageFiles({ "etc/relative": { content: "" } })).toThrow("must be absolute");
    expect(() => stageFiles({ "/etc/../root": { content: "" } })).toThrow("must be absolute");
  });
});
