// Serves the shop: with the Vitrine at VITRINE_TARGET, or one that it starts itself.
import { once } from "node:events";
import { Vitrine } from "@vitrine-io/client";
import { startVitrine } from "./serve.js";
import { Storefront } from "./storefront.js";

const own = process.env["VITRINE_TARGET"] ? undefined : await startVitrine();
const target = process.env["VITRINE_TARGET"] ?? own!.address;
const key = process.env["VITRINE_API_KEY"];
const vitrine = new Vitrine(target, { site: "storefront", insecure: true, ...(key ? { apiKey: key } : {}), logger: console });
const shop = new Storefront(vitrine);
await shop.fill();

shop.server.listen(Number(process.env["PORT"] ?? 8080), "127.0.0.1");
await once(shop.server, "listening");
const { port } = shop.server.address() as { port: number };
console.log(`The shop is open: http://127.0.0.1:${port} (Vitrine at ${target}). Ctrl-C closes it.`);

const end = async () => {
  shop.server.close();
  shop.server.closeIdleConnections();
  await vitrine.close().catch((error: Error) => console.error(error.message));
  await own?.stop();
};
process.once("SIGINT", end);
process.once("SIGTERM", end);
