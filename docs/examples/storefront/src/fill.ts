import { newEvent, EventType, granted, line, PageType, productViewed, Purpose, type Vitrine, VitrineError } from "@vitrine-io/client";
import { CampaignService, CatalogService, PlacementService, SiteService, Strategy, Tier } from "@vitrine-io/client/v1";
import { products } from "./products.js";

const parent = "sites/storefront";

/** The banners: who they are for, and what they say. Vitrine chooses among them. */
export const banners: Record<string, { title: string; text: string; link: string; targeting: string; tier: Tier }> = {
  door: {
    title: "Out of the door",
    text: "Boots, tents and what keeps the rain off: picked by people who are out in it.",
    link: "/category/jackets",
    targeting: "",
    tier: Tier.HOUSE,
  },
  ridge: {
    title: "Trail days",
    text: "Light shoes for long ridges. This week with a spare pair of laces.",
    link: "/category/shoes/running/trail",
    targeting: likes("shoes/running"),
    tier: Tier.AUCTION,
  },
  camp: {
    title: "A night outside",
    text: "Tents that stand in five minutes, and bags that are warm until the morning.",
    link: "/category/tents",
    targeting: likes("tents"),
    tier: Tier.AUCTION,
  },
};

function likes(category: string): string {
  return `'category/${category}' in visitor.interests && visitor.interests['category/${category}'] > 0.5`;
}

/** Makes the shop in Vitrine: products, placements, campaigns, and visitors of the days before. */
export async function fill(vitrine: Vitrine): Promise<void> {
  try {
    await vitrine.service(SiteService).createSite({ siteId: "storefront", site: { displayName: "Tarn & Thicket", currencyCode: "EUR" } });
  } catch (error) {
    if (error instanceof VitrineError && error.code === "ALREADY_EXISTS") return; // filled before
    throw error;
  }
  for await (const _ of vitrine.service(CatalogService).importProducts([{ parent, products: products.map(described) }]));

  const placements = vitrine.service(PlacementService);
  const place = (placementId: string, pageType: PageType, count: number, strategy: Strategy) =>
    placements.createPlacement({ parent, placementId, placement: { pageType, count, rules: { case: "products", value: { strategy } } } });
  await place("listing", PageType.CATEGORY, 24, Strategy.FOR_YOU);
  await place("similar", PageType.PRODUCT, 4, Strategy.SIMILAR);
  await place("complete", PageType.CART, 4, Strategy.COMPLETE_CART);
  await placements.createPlacement({
    parent,
    placementId: "banner",
    placement: { pageType: PageType.HOME, count: 1, rules: { case: "creatives", value: { formats: ["banner"] } } },
  });

  const campaigns = vitrine.service(CampaignService);
  for (const [id, { title, targeting, tier }] of Object.entries(banners)) {
    await campaigns.createCampaign({ parent, campaignId: id, campaign: { displayName: title, targeting, tier } });
    await campaigns.createCreative({ parent: `${parent}/campaigns/${id}`, creativeId: id, creative: { format: "banner" } });
  }
  for (const event of past()) vitrine.track(event);
  await vitrine.flush();
}

function described({ id, title, brand, category, price }: (typeof products)[number]) {
  return { name: `${parent}/products/${id}`, title, brand, categories: [category], price: money(price) };
}

function money(price: number) {
  return { currencyCode: "EUR", units: BigInt(Math.floor(price / 100)), nanos: (price % 100) * 10_000_000 };
}

/** Visits of the days before, so that the shop has its favourites and its habits: always the same ones. */
function past() {
  let state = 7;
  const draw = (below: number) => {
    state = (state * 48271) % 0x7fffffff; // Park and Miller's generator
    return state % below;
  };
  const consent = granted(Purpose.PERSONALIZATION, Purpose.MEASUREMENT);
  return Array.from({ length: 160 }, (_, i) => {
    const visitor = { deviceId: `past-${i}`, consent };
    const shelf = products[draw(products.length)]!.category;
    const near = products.filter((product) => product.category.split("/")[0] === shelf.split("/")[0]);
    const seen = Array.from({ length: 5 }, () => (draw(5) === 0 ? products : near)).map((from) => from[draw(from.length)]!);
    const views = seen.map((product) => productViewed(visitor, product.id));
    const last = seen.at(-1)!;
    return i % 3 === 0 ? [...views, newEvent(visitor, EventType.PRODUCT_ADDED, line(last.id))] : views;
  }).flat();
}
