import type { Kind, Product } from "./products.js";

// Each is drawn in the product's colour (c), a darker one (d) and a paper white (w), on
// 200 by 150.
const shapes: Record<Kind, (c: string, d: string, w: string) => string> = {
  shoe: (c, d, w) => `
    <path d="M38 62c10 8 26 8 34-6l6-8c16 18 36 30 62 35 18 3 26 10 26 22H34c-4-14-2-30 4-43z" fill="${c}"/>
    <path d="M32 103h136c0 9-5 14-14 14H44c-8 0-12-6-12-14z" fill="${w}"/>
    <path d="M32 110h136c-1 5-6 9-14 9H44c-7 0-11-4-12-9z" fill="${d}"/>
    <path d="M82 58l-9 13M94 68l-9 13M107 76l-8 13M120 82l-6 12" stroke="${w}" stroke-width="4" stroke-linecap="round"/>
    <path d="M46 92c16-4 30-3 44 4s30 6 44 2" stroke="${d}" stroke-width="4" fill="none" stroke-linecap="round"/>`,
  boot: (c, d, w) => `
    <path d="M58 26h44l4 44c14 6 44 8 52 20 3 5 4 10 4 15H54z" fill="${c}"/>
    <path d="M56 26h48l1 12H57z" fill="${d}"/>
    <path d="M50 104h114v12l-8 6H58l-8-6z" fill="${d}"/>
    <path d="M90 48l16-2M91 60l18-1M94 72l20 1" stroke="${w}" stroke-width="4" stroke-linecap="round"/>`,
  tent: (c, d, w) => `
    <path d="M100 26L22 118h156z" fill="${c}"/>
    <path d="M100 26l78 92h-44z" fill="${d}"/>
    <path d="M92 60l-26 58h44z" fill="${w}"/>
    <path d="M92 60l2 58" stroke="${d}" stroke-width="3"/>
    <path d="M22 118L8 124M178 118l14 6" stroke="${d}" stroke-width="3"/>`,
  bag: (c, d, w) => `
    <path d="M30 84c0-22 14-34 34-34h84c16 0 24 12 24 28s-8 30-24 30H62c-20 0-32-8-32-24z" fill="${c}"/>
    <ellipse cx="56" cy="80" rx="22" ry="26" fill="${d}"/><ellipse cx="58" cy="82" rx="14" ry="17" fill="${w}"/>
    <path d="M92 52v54M112 52v54M132 52v54M150 54v50" stroke="${d}" stroke-width="3"/>`,
  jacket: (c, d, w) => `
    <path d="M78 26h44l30 22 16 58-20 6-10-34v44H62V78l-10 34-20-6 16-58z" fill="${c}"/>
    <path d="M78 26c6 16 38 16 44 0l-8-8H86z" fill="${d}"/>
    <path d="M100 40v82" stroke="${w}" stroke-width="4"/>
    <path d="M72 92h18M110 92h18" stroke="${d}" stroke-width="5" stroke-linecap="round"/>`,
  shirt: (c, d, w) => `
    <path d="M74 30h52l40 26-14 26-18-10v50H66V72L48 82 34 56z" fill="${c}"/>
    <path d="M82 30c4 12 32 12 36 0z" fill="${w}"/>
    <path d="M66 92h68M66 102h68" stroke="${d}" stroke-width="4"/>`,
  pack: (c, d, w) => `
    <path d="M84 24c0-12 32-12 32 0" stroke="${d}" stroke-width="6" fill="none"/>
    <rect x="56" y="28" width="88" height="98" rx="26" fill="${c}"/>
    <rect x="66" y="78" width="68" height="40" rx="10" fill="${d}"/>
    <path d="M56 60h88" stroke="${d}" stroke-width="5"/><path d="M88 92h24" stroke="${w}" stroke-width="5" stroke-linecap="round"/>
    <rect x="92" y="52" width="16" height="18" rx="3" fill="${w}"/>`,
  lamp: (c, d, w) => `
    <path d="M26 72c18-26 130-26 148 0l-6 18c-24-20-112-20-136 0z" fill="${d}"/>
    <rect x="68" y="50" width="64" height="56" rx="16" fill="${c}"/>
    <circle cx="100" cy="78" r="19" fill="${w}"/><circle cx="100" cy="78" r="10" fill="${d}" opacity=".25"/>`,
  stove: (c, d, w) => `
    <path d="M70 54h60l-6-18H76z" fill="${w}"/>
    <path d="M64 54h72v7H64z" fill="${d}"/><path d="M100 61v18" stroke="${d}" stroke-width="9"/>
    <path d="M62 88c0-8 8-11 38-11s38 3 38 11v32c0 5-8 8-38 8s-38-3-38-8z" fill="${c}"/>
    <path d="M62 100c20 7 56 7 76 0" stroke="${w}" stroke-width="4" fill="none"/>`,
  bottle: (c, d, w) => `
    <rect x="86" y="16" width="28" height="18" rx="5" fill="${d}"/>
    <path d="M84 36h32c2 12 12 14 12 30v54c0 8-6 12-14 12H86c-8 0-14-4-14-12V66c0-16 10-18 12-30z" fill="${c}"/>
    <path d="M86 76l14-16 14 16z" fill="${w}"/><path d="M84 88h32" stroke="${w}" stroke-width="4" stroke-linecap="round"/>`,
  rope: (c, d, w) => `
    <g fill="none" stroke-linecap="round"><ellipse cx="100" cy="74" rx="58" ry="44" stroke="${c}" stroke-width="9"/>
    <ellipse cx="100" cy="74" rx="46" ry="33" stroke="${d}" stroke-width="9"/><ellipse cx="100" cy="74" rx="34" ry="22" stroke="${c}" stroke-width="9"/>
    <path d="M100 26v96" stroke="${w}" stroke-width="14"/><path d="M96 30l8 6-8 6 8 6-8 6 8 6" stroke="${d}" stroke-width="4"/></g>`,
};

/** A picture of a product: an SVG document. */
export function pictureOf({ kind, colour }: Product): string {
  const drawn = shapes[kind](colour, darker(colour), "#fdfaf3");
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 150"><rect width="200" height="150" fill="${paler(colour)}"/><ellipse cx="100" cy="126" rx="78" ry="7" fill="#2b2a26" opacity=".12"/>${drawn}</svg>`;
}

/** The picture of a banner: hills in its own light. */
export function bannerPicture(motif: string): string {
  const [sky, sun, far, near, front] = scenes[motif] ?? scenes["door"]!;
  const ridge = '<path d="M0 190l120-70 90 44 130-96 120 88 110-60 150 92 130-62 150 70v84H0z"';
  const tent = '<path d="M690 246l52-66 52 66z" fill="#e0ac2b"/><path d="M742 180l52 66h-30z" fill="#b98312"/><path d="M736 204l-16 42h30z" fill="#33302a"/>';
  const track =
    '<path d="M520 280c60-40 10-62 90-86s40-44 110-60" stroke="#f3e3c3" stroke-width="9" fill="none" stroke-dasharray="2 16" stroke-linecap="round"/>';
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1000 280" preserveAspectRatio="xMaxYMid slice"><rect width="1000" height="280" fill="${sky}"/><circle cx="800" cy="84" r="46" fill="${sun}"/><g fill="${far}">${ridge}/></g><path d="M0 236c140-60 280-50 420-8s300 20 580-52v104H0z" fill="${near}"/><path d="M0 268c220-50 420-20 620-14s280-16 380-40v66H0z" fill="${front}"/>${motif === "camp" ? tent : ""}${motif === "ridge" ? track : ""}</svg>`;
}

// Sky, sun, far hills, near hills, foreground.
const scenes: Record<string, [string, string, string, string, string]> = {
  door: ["#cfe3e2", "#fdf3d8", "#7fa3a1", "#4f7d6c", "#2f5447"],
  ridge: ["#f6d8b4", "#fff2d1", "#c98a63", "#8f5a4a", "#4b3a3c"],
  camp: ["#26364d", "#f4ecd0", "#3d516c", "#2f4a4a", "#1e3230"],
};

function mix(colour: string, other: number, share: number): string {
  const channels = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  return `#${channels.map((c) => Math.round(c + (other - c) * share).toString(16).padStart(2, "0")).join("")}`;
}

const darker = (colour: string) => mix(colour, 20, 0.42);
const paler = (colour: string) => mix(colour, 252, 0.82);
