// What a shop gets when it installs the package.
import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { folder, run, Server } from "./server.js";

let project: string;
let server: Server;
before(async () => {
  project = await mkdtemp(join(tmpdir(), "vitrine-package-"));
  const [packed] = JSON.parse(await run("npm", ["pack", "--json", "--pack-destination", project])) as [
    { filename: string },
  ];
  await writeFile(
    join(project, "package.json"),
    JSON.stringify({ name: "shop", private: true, type: "module" }),
  );
  // The versions that the lock file names are in npm's cache already.
  const flags = ["--prefer-offline", "--no-audit", "--no-fund", "--silent"];
  await run("npm", ["install", ...flags, `./${packed.filename}`], project);
  await mkdir(join(project, "node_modules/@types"), { recursive: true });
  server = await Server.start();
  await server.fill();
});
after(async () => {
  await server.stop();
  await rm(project, { recursive: true, force: true });
});

async function tsc(...files: string[]): Promise<void> {
  const compiler = join(folder, "node_modules/typescript/bin/tsc");
  const types = join(folder, "node_modules/@types");
  const flags = [
    "--strict",
    "--skipLibCheck",
    "false",
    "--target",
    "es2022",
    "--module",
    "node20",
    "--types",
    "node",
    "--typeRoots",
    types,
  ];
  await run(process.execPath, [compiler, ...flags, "--skipLibCheck", ...files], project).catch(
    (error: { stdout: string }) => {
      throw new Error(error.stdout);
    },
  );
}

test("the README's first example compiles and runs, against the installed package", async () => {
  const readme = await readFile(join(folder, "README.md"), "utf8");
  const [, example] = /^```ts\n(.*?)^```$/ms.exec(readme) ?? [];
  const lines = example!.split("\n").filter((line) => line.trim() !== "");
  assert.ok(lines.length <= 10, `it has ${lines.length} lines`);
  const code = example!
    .replace("localhost:7654", server.address)
    .replace("insecure: true", "insecure: true, decideTimeoutMs: 60_000"); // the machine may be busy
  await writeFile(join(project, "example.ts"), code);
  await tsc("example.ts");
  assert.match(await run(process.execPath, ["example.js"], project), /^(shoe|tent|stove)-\d \S/m);
});

test("CommonJS can require it, with types", async () => {
  await mkdir(join(project, "cjs"));
  const code = `import vitrine = require("@vitrine-io/client");
import v1 = require("@vitrine-io/client/v1");
const shop = new vitrine.Vitrine("${server.address}", { site: "demo", insecure: true, decideTimeoutMs: 60_000 });
shop.decide({ deviceId: "d" }, "home").then((page) => {
  console.log(page.products("home").length > 0, v1.Purpose.PERSONALIZATION);
  return shop.close();
});
`;
  await writeFile(join(project, "old.cts"), code);
  await tsc("old.cts");
  assert.equal(await run(process.execPath, ["--no-warnings", "old.cjs"], project), "true 1\n");
});

test("after close the process ends by itself, with the server there or not", async () => {
  const code = `import { Vitrine, productViewed } from "@vitrine-io/client";
const shop = new Vitrine(process.argv[2], { site: "demo", insecure: true });
shop.track(productViewed({ deviceId: "d" }, "shoe-1"));
await shop.decide({}, "home");
await shop.close(Number(process.argv[3])).catch((error) => console.log(error.left));
const { queued, noConsent, dropped } = shop.stats();
console.log(JSON.stringify({ queued, noConsent, dropped }));
`;
  await writeFile(join(project, "ends.mjs"), code);
  assert.equal(
    await run(process.execPath, ["ends.mjs", server.address, "60000"], project),
    '{"queued":0,"noConsent":1,"dropped":{}}\n',
  );
  assert.equal(
    await run(process.execPath, ["ends.mjs", "127.0.0.1:1", "100"], project),
    '1\n{"queued":0,"noConsent":0,"dropped":{"CLOSED":1}}\n',
  );
});

test("the package has what it needs, and nothing else", async () => {
  const installed = join(project, "node_modules/@vitrine-io/client");
  assert.deepEqual((await readdir(installed)).sort(), [
    "LICENSE",
    "README.md",
    "dist",
    "package.json",
    "src",
  ]);
  assert.deepEqual(await readdir(join(installed, "dist")), ["src"]);
  const licence = await readFile(join(folder, "../../LICENSE"), "utf8");
  assert.equal(await readFile(join(installed, "LICENSE"), "utf8"), licence);
});

test("its version is the server's", async () => {
  const version = (await readFile(join(folder, "../../cmd/vitrine/version.txt"), "utf8")).trim();
  for (const file of ["package.json", "package-lock.json"]) {
    assert.equal(JSON.parse(await readFile(join(folder, file), "utf8")).version, version, file);
  }
});

test("v1 has every file of the contract", async () => {
  const files = (await readdir(join(folder, "src/gen/vitrine/v1"))).sort();
  const barrel = await readFile(join(folder, "src/v1.ts"), "utf8");
  const exported = [...barrel.matchAll(/^export \* from ".\/gen\/vitrine\/v1\/(.*)\.js";$/gm)].map(
    ([, name]) => `${name}.ts`,
  );
  assert.deepEqual(exported.sort(), files);
  const contract = (await readdir(join(folder, "../../proto/vitrine/v1"))).filter((name) =>
    name.endsWith(".proto"),
  );
  assert.deepEqual(files, contract.map((name) => name.replace(".proto", "_pb.ts")).sort());
});
