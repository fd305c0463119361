package demo

// maker is a made-up brand and its character: what it makes is priced around
// its shelf's usual price by a factor, and carries its tags.
type maker struct {
	name  string
	price float64 // 1 is what the shelf usually costs
	tags  []string
}

// The makers. Coined words, none of them a trademark known to us.
var makers = []maker{
	{"Ravensole", 1.15, []string{"low weight"}},         // running shoes, the runners' choice
	{"Fjordalin", 1.35, []string{"fine make"}},          // nordic, dear and durable
	{"Tundrelle", 1.20, []string{"recycled materials"}}, // technical clothing
	{"Hollowpine", 1.00, []string{"lasting quality"}},   // hiking, solid
	{"Campfold", 0.85, []string{"family outings"}},      // family camping
	{"Granitka", 1.10, []string{"lasting quality"}},     // climbing
	{"Veloquay", 1.05, []string{"commuting"}},           // cycling in town
	{"Crankwell", 0.80, nil},                            // bicycle parts
	{"Lumenbark", 1.00, []string{"USB charging"}},       // lights
	{"Oatpeak", 1.00, []string{"vegan food"}},           // nutrition
	{"Pulsemarch", 1.25, []string{"USB charging"}},      // watches
	{"Regenfell", 1.10, []string{"rain protection"}},    // rain gear
	{"Softmoor", 1.15, []string{"merino"}},              // wool next to the skin
	{"Plainway", 0.60, []string{"good value"}},          // the shop's own cheap label
}

// shelf is a most specific category: what stands in it, by whom, for how much.
type shelf struct {
	path      string
	noun      string // what one article is called
	search    string // what visitors type to get here
	makers    []string
	low, high float64 // usual prices in EUR, before the maker's factor
	articles  int
	gendered  bool     // made for women and for men
	colours   []string // none: it comes in one
	tags      []string
	draw      float64 // how many more visitors come for it than for others
}

var (
	bright = []string{"coral", "lemon", "ocean", "black"}
	earthy = []string{"moss", "slate", "sand", "rust"}
	sober  = []string{"black", "navy", "grey"}
)

// The shelves of the shop.
var shelves = []shelf{
	{"shoes/running/trail", "trail shoe", "trail shoes", []string{"Ravensole", "Fjordalin", "Hollowpine", "Plainway"}, 85, 165, 12, true, bright, []string{"running", "trail"}, 2.2},
	{"shoes/running/road", "road shoe", "running shoes", []string{"Ravensole", "Tundrelle", "Plainway"}, 80, 170, 10, true, bright, []string{"running"}, 2.4},
	{"shoes/hiking", "hiking boot", "hiking boots", []string{"Hollowpine", "Fjordalin", "Plainway"}, 95, 230, 10, true, earthy, []string{"hiking", "rain protection"}, 2.2},
	{"shoes/climbing", "climbing shoe", "climbing shoes", []string{"Granitka", "Fjordalin"}, 80, 160, 6, false, bright, []string{"climbing"}, 1.0},
	{"shoes/sandals", "sandal", "sandals", []string{"Hollowpine", "Campfold", "Plainway"}, 35, 90, 5, true, earthy, []string{"summer"}, 1.2},
	{"jackets/rain", "rain jacket", "rain jacket", []string{"Regenfell", "Tundrelle", "Fjordalin", "Plainway"}, 70, 320, 8, true, earthy, []string{"rain protection"}, 2.0},
	{"jackets/insulated", "down jacket", "down jacket", []string{"Fjordalin", "Tundrelle", "Plainway"}, 110, 340, 6, true, sober, []string{"keeping warm", "winter"}, 1.4},
	{"jackets/wind", "wind jacket", "wind jacket", []string{"Ravensole", "Tundrelle", "Veloquay"}, 55, 130, 5, true, bright, []string{"running", "low weight"}, 1.0},
	{"clothing/shirts", "running shirt", "running shirt", []string{"Ravensole", "Softmoor", "Plainway"}, 22, 70, 7, true, bright, []string{"running", "summer"}, 1.2},
	{"clothing/shorts", "shorts", "shorts", []string{"Ravensole", "Tundrelle", "Plainway"}, 25, 75, 6, true, sober, []string{"running", "summer"}, 1.1},
	{"clothing/trousers", "trekking trousers", "trekking trousers", []string{"Hollowpine", "Tundrelle", "Plainway"}, 45, 140, 6, true, earthy, []string{"hiking"}, 1.2},
	{"clothing/base-layers", "base layer", "merino base layer", []string{"Softmoor", "Fjordalin", "Plainway"}, 35, 95, 5, true, sober, []string{"keeping warm", "winter"}, 0.9},
	{"clothing/socks", "socks", "running socks", []string{"Softmoor", "Ravensole", "Plainway"}, 9, 26, 6, false, bright, []string{"running"}, 1.2},
	{"clothing/caps", "cap", "cap", []string{"Ravensole", "Hollowpine", "Plainway"}, 14, 38, 4, false, bright, []string{"summer"}, 0.7},
	{"tents/family", "family tent", "family tent", []string{"Campfold", "Fjordalin", "Plainway"}, 190, 640, 6, false, nil, []string{"camping", "family outings"}, 1.6},
	{"tents/trekking", "trekking tent", "trekking tent", []string{"Hollowpine", "Fjordalin", "Campfold"}, 160, 560, 6, false, nil, []string{"camping", "low weight"}, 1.2},
	{"sleeping/bags", "sleeping bag", "sleeping bag", []string{"Campfold", "Fjordalin", "Plainway"}, 45, 290, 6, false, earthy, []string{"camping", "keeping warm"}, 1.3},
	{"sleeping/mats", "sleeping mat", "sleeping mat", []string{"Campfold", "Hollowpine", "Plainway"}, 25, 160, 5, false, nil, []string{"camping"}, 1.1},
	{"camping/stoves", "camping stove", "camping stove", []string{"Campfold", "Fjordalin"}, 30, 140, 5, false, nil, []string{"camping"}, 0.9},
	{"camping/cookware", "cookset", "cookset", []string{"Campfold", "Plainway", "Hollowpine"}, 18, 90, 5, false, nil, []string{"camping"}, 0.8},
	{"camping/furniture", "camping chair", "camping chair", []string{"Campfold", "Plainway"}, 25, 110, 5, false, earthy, []string{"camping", "family outings"}, 1.0},
	{"camping/lanterns", "lantern", "lantern", []string{"Lumenbark", "Campfold", "Plainway"}, 15, 70, 5, false, nil, []string{"camping", "lighting"}, 0.9},
	{"camping/coolers", "cool box", "cool box", []string{"Campfold", "Plainway"}, 35, 160, 4, false, nil, []string{"camping", "family outings", "summer"}, 0.8},
	{"packs/hydration", "running vest", "running vest", []string{"Ravensole", "Fjordalin", "Hollowpine"}, 55, 150, 6, false, bright, []string{"running", "low weight"}, 1.3},
	{"packs/daypacks", "daypack", "backpack", []string{"Hollowpine", "Veloquay", "Plainway"}, 35, 130, 6, false, earthy, []string{"hiking", "commuting"}, 1.5},
	{"packs/trekking", "trekking pack", "trekking backpack", []string{"Hollowpine", "Fjordalin", "Campfold"}, 90, 280, 5, false, earthy, []string{"hiking"}, 1.0},
	{"climbing/harnesses", "harness", "climbing harness", []string{"Granitka", "Fjordalin"}, 45, 120, 5, false, nil, []string{"climbing"}, 0.9},
	{"climbing/ropes", "rope", "climbing rope", []string{"Granitka", "Fjordalin"}, 90, 240, 5, false, nil, []string{"climbing"}, 0.8},
	{"climbing/carabiners", "carabiner set", "carabiners", []string{"Granitka", "Plainway"}, 12, 95, 6, false, nil, []string{"climbing"}, 0.8},
	{"climbing/chalk", "chalk bag", "chalk bag", []string{"Granitka", "Plainway"}, 9, 35, 4, false, bright, []string{"climbing"}, 0.7},
	{"climbing/helmets", "climbing helmet", "climbing helmet", []string{"Granitka", "Fjordalin"}, 50, 110, 4, false, bright, []string{"climbing"}, 0.7},
	{"cycling/helmets", "city helmet", "bike helmet", []string{"Veloquay", "Crankwell", "Plainway"}, 35, 140, 6, false, sober, []string{"commuting", "road safety"}, 1.3},
	{"cycling/lights", "bike light", "bike light", []string{"Lumenbark", "Crankwell", "Veloquay"}, 15, 110, 6, false, nil, []string{"commuting", "lighting", "road safety"}, 1.2},
	{"cycling/locks", "bike lock", "bike lock", []string{"Veloquay", "Crankwell"}, 25, 130, 5, false, nil, []string{"commuting"}, 1.1},
	{"cycling/bags", "pannier", "pannier", []string{"Veloquay", "Regenfell", "Plainway"}, 40, 150, 6, false, sober, []string{"commuting", "rain protection"}, 1.1},
	{"cycling/rainwear", "rain cape", "bike rain cape", []string{"Regenfell", "Veloquay", "Plainway"}, 30, 120, 5, false, bright, []string{"commuting", "rain protection"}, 0.9},
	{"cycling/tools", "repair kit", "bike repair kit", []string{"Crankwell", "Plainway"}, 12, 70, 5, false, nil, []string{"commuting"}, 0.8},
	{"nutrition/gels", "energy gels", "energy gel", []string{"Oatpeak", "Plainway"}, 8, 32, 5, false, nil, []string{"running", "energy food"}, 1.0},
	{"nutrition/bars", "oat bars", "energy bar", []string{"Oatpeak", "Plainway"}, 6, 28, 5, false, nil, []string{"hiking", "energy food"}, 1.0},
	{"nutrition/drinks", "electrolytes", "electrolytes", []string{"Oatpeak"}, 7, 30, 4, false, nil, []string{"running", "energy food"}, 0.8},
	{"electronics/watches", "GPS watch", "running watch", []string{"Pulsemarch", "Plainway"}, 140, 480, 6, false, sober, []string{"running", "GPS"}, 1.6},
	{"electronics/headlamps", "headlamp", "headlamp", []string{"Lumenbark", "Granitka", "Plainway"}, 18, 110, 6, false, nil, []string{"lighting", "running"}, 1.2},
	{"accessories/poles", "trekking poles", "trekking poles", []string{"Hollowpine", "Fjordalin", "Plainway"}, 30, 160, 5, false, nil, []string{"hiking"}, 1.0},
	{"accessories/bottles", "bottle", "water bottle", []string{"Hollowpine", "Ravensole", "Plainway"}, 9, 42, 5, false, bright, []string{"summer"}, 1.0},
	{"accessories/gloves", "gloves", "gloves", []string{"Softmoor", "Veloquay", "Plainway"}, 15, 65, 4, false, sober, []string{"winter", "keeping warm"}, 0.7},
	{"accessories/sunglasses", "sunglasses", "sunglasses", []string{"Fjordalin", "Ravensole", "Plainway"}, 25, 150, 5, false, sober, []string{"summer"}, 0.9},
	{"kids/shoes", "kids' boot", "kids hiking boots", []string{"Hollowpine", "Campfold", "Plainway"}, 35, 85, 5, false, bright, []string{"family outings", "hiking"}, 0.9},
	{"kids/jackets", "kids' rain jacket", "kids rain jacket", []string{"Regenfell", "Campfold", "Plainway"}, 25, 80, 5, false, bright, []string{"family outings", "rain protection"}, 0.9},
}

// What models are named after.
var modelWords = []string{
	"Aerie", "Alder", "Ashen", "Anvil", "Arc", "Anchor", "Auk", "Badger", "Basin", "Beacon",
	"Birch", "Bluff", "Bracken", "Breeze", "Brisk", "Cairn", "Canopy", "Cedar", "Chough", "Cinder",
	"Cirrus", "Clough", "Comet", "Coppice", "Cove", "Crest", "Dell", "Delta", "Drift", "Dune",
	"Eddy", "Ember", "Fell", "Fennel", "Finch", "Firth", "Flint", "Foreland", "Frost", "Gale",
	"Glade", "Grove", "Gorse", "Gully", "Halo", "Harbour", "Hearth", "Heron", "Hover", "Hummock",
	"Isle", "Jetty", "Kite", "Knoll", "Larch", "Ledge", "Lichen", "Lagoon", "Loam", "Loft",
	"Lodge", "Marten", "Meadow", "Maram", "Mesa", "Mica", "Mistral", "Moor", "Nettle", "Oriel",
	"Oxbow", "Osier", "Otter", "Outcrop", "Petrel", "Pinion", "Plover", "Quarry", "Quill", "Rapid",
	"Reef", "Ridge", "Rill", "Roam", "Rook", "Saddle", "Scree", "Sedge", "Shoal", "Saxifrage",
	"Skein", "Skerry", "Spur", "Squall", "Stoat", "Spire", "Swift", "Talus", "Tarn", "Teal",
	"Thicket", "Thrift", "Tor", "Tussock", "Updraft", "Verge", "Vista", "Wake", "Weir", "Yarrow",
}
