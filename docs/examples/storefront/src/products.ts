/** What the pictures can draw. */
export type Kind = "shoe" | "boot" | "tent" | "bag" | "jacket" | "shirt" | "pack" | "lamp" | "stove" | "bottle" | "rope";

/** Something the shop sells. */
export interface Product {
  id: string;
  title: string;
  brand: string;
  /** A path, such as `shoes/running/trail`. */
  category: string;
  /** In euro cents. */
  price: number;
  kind: Kind;
  colour: string;
}

const colours: Record<string, string> = {
  Fern: "#5f8d4e",
  Ember: "#d1603d",
  Lake: "#3d7ea6",
  Sand: "#c9a66b",
  Slate: "#5b6770",
  Plum: "#7d4f77",
  Gorse: "#e0ac2b",
  Night: "#2f3e55",
};

// Coined names, none of them a trademark known to us.
const shelves: [category: string, kind: Kind, brands: string, from: number, models: string][] = [
  ["shoes/running/trail", "shoe", "Ravensole Fjordalin Plainway", 89, "Scree Gully Foxtrot Tarn Ridge Moraine Bracken Skyline"],
  ["shoes/running/road", "shoe", "Ravensole Tundrelle Plainway", 84, "Tempo Kerb Daybreak Metro Cadence Sprint"],
  ["shoes/hiking", "boot", "Hollowpine Fjordalin", 129, "Drover Cairn Peatland Saddle Larch"],
  ["tents/trekking", "tent", "Fjordalin Campfold", 249, "Bivvy Col Lookout Solo"],
  ["tents/family", "tent", "Campfold Plainway", 199, "Meadow Foreland Sunday"],
  ["sleeping/bags", "bag", "Campfold Softmoor", 79, "Dormouse Burrow Cocoon Hush"],
  ["jackets/rain", "jacket", "Regenfell Tundrelle Plainway", 99, "Squall Drizzle Cloudbank Gale Haar"],
  ["jackets/down", "jacket", "Fjordalin Tundrelle", 159, "Eider Frost Hoar"],
  ["clothing/merino", "shirt", "Softmoor", 49, "Ewe Fleece Thrift Downland"],
  ["packs/day", "pack", "Hollowpine Veloquay", 59, "Satchel Scout Ramble Errand"],
  ["packs/trekking", "pack", "Hollowpine Fjordalin", 139, "Porter Sherpa Traverse"],
  ["light/headlamps", "lamp", "Lumenbark", 34, "Glow Firefly Beam Beacon"],
  ["kitchen/stoves", "stove", "Campfold", 39, "Flint Kindle Brew"],
  ["kitchen/bottles", "bottle", "Oatpeak", 14, "Sip Brook Cascade"],
  ["climbing/ropes", "rope", "Granitka", 119, "Belay Pitch Crux"],
];

const nouns: Record<string, string> = {
  "shoes/running/trail": "trail running shoe",
  "shoes/running/road": "road running shoe",
  "shoes/hiking": "hiking boot",
  "tents/trekking": "trekking tent",
  "tents/family": "family tent",
  "sleeping/bags": "sleeping bag",
  "jackets/rain": "rain jacket",
  "jackets/down": "down jacket",
  "clothing/merino": "merino shirt",
  "packs/day": "day pack",
  "packs/trekking": "trekking pack",
  "light/headlamps": "headlamp",
  "kitchen/stoves": "gas stove",
  "kitchen/bottles": "bottle",
  "climbing/ropes": "climbing rope",
};

/** All of them, shelf by shelf. */
export const products: readonly Product[] = shelves.flatMap(([category, kind, brandNames, from, models], shelf) => {
  const brands = brandNames.split(" ");
  const tones = Object.keys(colours);
  return models.split(" ").map((model, i) => {
    const brand = brands[i % brands.length]!;
    return {
      id: `${model.toLowerCase()}-${kind}`,
      title: `${brand} ${model} ${nouns[category]}`,
      brand,
      category,
      price: (from + ((i * 17) % 40)) * 100 + 90,
      kind,
      colour: colours[tones[(shelf * 3 + i * 5) % tones.length]!]!,
    };
  });
});

const byId = new Map(products.map((product) => [product.id, product]));

/** The product with an id, if there is one. */
export function productOf(id: string): Product | undefined {
  return byId.get(id);
}

/** Those of a category and of all below it. */
export function productsIn(category: string): Product[] {
  return products.filter((product) => `${product.category}/`.startsWith(`${category}/`));
}

/** Those whose title or category has every one of the words. */
export function search(words: string): Product[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  return products.filter(({ title, category }) => {
    const text = `${title} ${category}`.toLowerCase();
    return wanted.length > 0 && wanted.every((word) => text.includes(word.replace(/s$/, "")));
  });
}

/** What the shop shows where Vitrine gives no answer: one of each shelf, as any shop has a list of bestsellers. */
export const bestsellers: readonly string[] = shelves.map(([category]) => productsIn(category)[0]!.id);

/** The ways into the shop, for its navigation. */
export const departments: readonly [path: string, title: string][] = [
  ["shoes/running", "Running"],
  ["shoes/hiking", "Hiking"],
  ["tents", "Tents"],
  ["jackets", "Jackets"],
  ["packs", "Packs"],
  ["kitchen", "Kitchen"],
];
