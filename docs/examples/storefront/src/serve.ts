import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const binary = process.env["VITRINE_BINARY"] ?? fileURLToPath(new URL("../../../../../bin/vitrine", import.meta.url));

/** A server of the shop's own, for trying things out: its data goes with it. */
export async function startVitrine(): Promise<{ address: string; stop(): Promise<void> }> {
  const data = await mkdtemp(join(tmpdir(), "vitrine-storefront-"));
  const flags = ["--auth", "none", "--log-level", "info", "--data-dir", data, "--listen", "127.0.0.1:0", "--ops-listen", "127.0.0.1:0"];
  // Away from the terminal's group: Ctrl-C is for the shop, which has events to deliver first.
  const child = spawn(binary, ["serve", ...flags], { stdio: ["ignore", "ignore", "pipe"], detached: true });
  const ended = once(child, "exit");
  const stop = async () => {
    child.kill("SIGKILL"); // of data that goes anyway nothing needs to be written down
    await ended;
    await rm(data, { recursive: true, force: true });
  };
  const log: string[] = [];
  for await (const entry of createInterface({ input: child.stderr })) {
    log.push(entry);
    const [, address] = /msg=serving address=(\S+)/.exec(entry) ?? [];
    if (!address) continue;
    child.stderr.resume();
    return { address, stop };
  }
  throw new Error(`${binary} did not start; make build makes it\n${log.join("\n")}`);
}
