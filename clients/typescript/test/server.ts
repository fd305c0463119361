import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type Options, Vitrine } from "../src/index.js";
import { CatalogService, SiteService } from "../src/v1.js";

/** The real server's binary: make builds it. */
export const binary =
  process.env.VITRINE_BINARY ?? fileURLToPath(new URL("../../../../bin/vitrine", import.meta.url));

/** The package's folder. */
export const folder = fileURLToPath(new URL("../../", import.meta.url));

/** Runs a program to its end, and gives its standard output. */
export async function run(program: string, args: string[], cwd = folder): Promise<string> {
  const { stdout } = await promisify(execFile)(program, args, { cwd, env: environment });
  return stdout;
}

/** What a program that a test starts may know: nothing of the test runner. */
const { NODE_TEST_CONTEXT: _, ...environment } = process.env;

export { environment };

/** As long as a test waits for what takes milliseconds, on a machine however busy. */
export const patience = 60_000;

/** A running `vitrine serve`, on a data folder of its own. */
export class Server {
  address = "";
  #process: ChildProcess | undefined;
  readonly #data: string;
  readonly #flags: string[];

  private constructor(data: string, flags: string[]) {
    this.#data = data;
    this.#flags = flags;
  }

  static async start(...flags: string[]): Promise<Server> {
    const server = new Server(await mkdtemp(join(tmpdir(), "vitrine-client-")), flags);
    await server.run();
    return server;
  }

  /** Serves, again after a kill: on the same port and data. */
  async run(...last: string[]): Promise<void> {
    const flags = ["--auth", "none", ...this.#flags, ...last];
    const listen = this.address || "127.0.0.1:0";
    const args = [
      "serve",
      "--data-dir",
      this.#data,
      "--listen",
      listen,
      "--ops-listen",
      "127.0.0.1:0",
      ...flags,
    ];
    const child = spawn(binary, args, { stdio: ["ignore", "ignore", "pipe"] });
    this.#process = child;
    const log: string[] = [];
    for await (const line of createInterface({ input: child.stderr })) {
      log.push(line);
      const [, address] = /msg=serving address=(\S+)/.exec(line) ?? [];
      if (!address) continue;
      this.address = address;
      child.stderr.resume(); // or its pipe fills up
      return;
    }
    throw new Error(`${binary} did not start:\n${log.join("\n")}`);
  }

  /** Ends it at once, as a crash does. */
  async kill(): Promise<void> {
    const child = this.#process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  }

  async stop(): Promise<void> {
    await this.kill();
    await rm(this.#data, { recursive: true, force: true });
  }

  /** A client that waits as long as it takes. */
  client(options: Partial<Options> = {}): Vitrine {
    return new Vitrine(this.address, { site: "demo", insecure: true, decideTimeoutMs: patience, ...options });
  }

  /** Makes a shop of a few products, with the placement `home`. */
  async fill(options: Partial<Options> = {}): Promise<void> {
    const shop = this.client(options);
    await shop.service(SiteService).createSite({ siteId: "demo", site: { displayName: "Demo" } });
    const catalog = shop.service(CatalogService);
    for (const [productId, title, category, units] of products) {
      await catalog.createProduct({
        parent: "sites/demo",
        productId,
        product: { title, categories: [category], price: { currencyCode: "EUR", units } },
      });
    }
    await shop.close(patience);
  }
}

const products = [
  ["shoe-1", "Trail Runner", "shoes/running", 90n],
  ["shoe-2", "Road Runner", "shoes/running", 95n],
  ["shoe-3", "Fell Runner", "shoes/running", 85n],
  ["tent-1", "Ridge Tent", "camping/tents", 300n],
  ["tent-2", "Family Tent", "camping/tents", 500n],
  ["stove-1", "Gas Stove", "camping/stoves", 30n],
] as const;
