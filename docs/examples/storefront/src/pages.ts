import type { Item } from "@vitrine-io/client";
import { banners } from "./fill.js";
import { type Html, html } from "./html.js";
import { departments, type Product, productOf, productsIn } from "./products.js";
import type { CartLine, Guest } from "./visitor.js";

/** A whole page. `path` is where it stands, for forms that lead back to it. */
export function layout(guest: Guest, path: string, title: string, main: Html): string {
  const count = guest.cart.reduce((sum, { quantity }) => sum + quantity, 0);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Tarn &amp; Thicket</title>
<link rel="stylesheet" href="/style.css">
<link rel="icon" href="/picture/meadow-tent.svg">
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header>
  <a class="brand" href="/">Tarn <span>&amp;</span> Thicket</a>
  <nav aria-label="Departments"><ul>${departments.map(
    ([category, name]) => html`<li><a href="/category/${category}"${current(path, `/category/${category}`)}>${name}</a></li>`,
  )}</ul></nav>
  <form class="search" role="search" action="/search"><label for="q">Search</label><input id="q" name="q" type="search" placeholder="tent, rain jacket …"><button>Search</button></form>
  <a class="cart" href="/cart"${current(path, "/cart")}>Cart <b>${count}</b></a>
</header>
${guest.consent === undefined && consentBar(path)}
<main id="main">
${main}
</main>
<footer>
  <p>Tarn &amp; Thicket is made up. So are its goods.</p>
  <p><a href="/my-data">My data</a> · ${choice(guest)}</p>
</footer>
</body>
</html>
`.text;
}

function current(path: string, link: string) {
  return path === link && html` aria-current="page"`;
}

function consentBar(path: string) {
  return html`<section class="consent" aria-label="Your consent">
  <p><b>May we remember what you look at here?</b> Then the shop can show you what fits. It stays with us, and you can see and erase it at any time.</p>
  <form method="post" action="/consent"><input type="hidden" name="back" value="${path}"><button name="answer" value="yes">Yes, remember</button><button name="answer" value="no">No, thank you</button></form>
</section>`;
}

function choice({ consent }: Guest) {
  if (consent === "yes") return "you let us remember what you look at";
  return consent === "no" ? "nothing is remembered of you" : "you have not been asked yet";
}

/** An item of a placement that is one of our products. */
interface Shown {
  product: Product;
  /** Why it is shown, in sentences. */
  reasons: readonly string[];
  token: string;
}

/** Those of a page's items that the shop has. */
export function shown(items: readonly Item[]): Shown[] {
  return items.flatMap(({ productId, decided, attributionToken }) => {
    const product = productOf(productId);
    const reasons = decided.reasons.map(({ text }) => text).filter((text) => text !== "");
    return product ? [{ product, reasons, token: attributionToken }] : [];
  });
}

/** A row of products, with why each of them is there. */
export function row(name: string, title: string, items: readonly Shown[]) {
  if (items.length === 0) return html``;
  return html`<section class="row" data-row="${name}" aria-label="${title}"><h2>${title}</h2><ul class="cards">${items.map(card)}</ul></section>`;
}

function card({ product, reasons, token }: Shown) {
  return html`<li class="card" data-product="${product.id}" data-category="${product.category}">
  <a href="${link(product, token)}"><img src="/picture/${product.id}.svg" alt="" width="200" height="150"><span class="title">${product.title}</span><span class="price">${price(product.price)}</span></a>
  ${reasons.length > 0 && html`<details><summary>Why this?</summary><ul>${reasons.map((reason) => html`<li>${reason}</li>`)}</ul></details>`}
</li>`;
}

// The token comes along to the product's page, which tells Vitrine of the click.
function link({ id }: Product, token = "") {
  return token === "" ? `/product/${id}` : `/product/${id}?from=${encodeURIComponent(token)}`;
}

/** The banner that Vitrine chose; the house's own when it chose none. */
export function banner(item: Item | undefined) {
  const creative = item?.decided.item.case === "creative" ? item.decided.item.value.creative : "";
  const id = creative.slice(creative.lastIndexOf("/") + 1) in banners ? creative.slice(creative.lastIndexOf("/") + 1) : "door";
  const { title, text, link } = banners[id]!;
  const from = item ? `?from=${encodeURIComponent(item.attributionToken)}` : "";
  return html`<section class="banner ${id}" data-banner="${id}"><img src="/banner/${id}.svg" alt=""><div><h1>${title}</h1><p>${text}</p><a class="button" href="${link}${from}">Have a look</a></div></section>`;
}

export function category(path: string, items: readonly Shown[]) {
  const parts = path.split("/");
  const below = [...new Set(productsIn(path).map((p) => p.category.split("/").slice(0, parts.length + 1).join("/")))].filter((c) => c !== path);
  return html`<h1>${parts.map(capital).join(" · ")}</h1>
${below.length > 0 && html`<ul class="below">${below.map((c) => html`<li><a href="/category/${c}">${capital(c.split("/").at(-1)!)}</a></li>`)}</ul>`}
${row("listing", `${items.length} products`, items)}`;
}

export function product(item: Product, similar: readonly Shown[]) {
  return html`<article class="product">
  <img src="/picture/${item.id}.svg" alt="${item.title}, drawn" width="400" height="300">
  <div><p class="eyebrow"><a href="/category/${item.category}">${item.category.split("/").map(capital).join(" · ")}</a></p>
  <h1>${item.title}</h1><p class="price">${price(item.price)}</p>
  <form method="post" action="/cart"><input type="hidden" name="product" value="${item.id}"><button name="by" value="1">Put into the cart</button></form>
  <p>Made by ${item.brand}. Delivered by bicycle, in a box that has been one before.</p></div>
</article>
${row("similar", "Like this one", similar)}`;
}

export function results(words: string, found: readonly Product[], instead: readonly Shown[]) {
  const items = found.map((product) => ({ product, reasons: [], token: "" }));
  return html`<h1>“${words}”</h1>
${found.length === 0 && html`<p>We have nothing of that name.</p>`}
${row("results", `${found.length} found`, items)}
${found.length === 0 && row("home", "What fits you otherwise", instead)}`;
}

export function cart(lines: readonly CartLine[], complete: readonly Shown[]) {
  if (lines.length === 0) return html`<h1>Your cart is empty</h1>${row("complete", "To begin with", complete)}`;
  return html`<h1>Your cart</h1>
<table><thead><tr><th scope="col">Product</th><th scope="col">Pieces</th><th scope="col">Price</th><th><span class="unseen">Change</span></th></tr></thead>
<tbody>${lines.map(
    ({ product, quantity }) => html`<tr><td><a href="/product/${product.id}"><img src="/picture/${product.id}.svg" alt="" width="80" height="60"> ${product.title}</a></td><td>${quantity}</td><td>${price(product.price * quantity)}</td><td><form method="post" action="/cart"><input type="hidden" name="product" value="${product.id}"><button class="quiet" name="by" value="-1" aria-label="One ${product.title} less">less</button></form></td></tr>`,
  )}</tbody>
<tfoot><tr><th scope="row" colspan="2">In all</th><td>${price(total(lines))}</td><td></td></tr></tfoot></table>
<form method="post" action="/checkout"><button>Order, without paying</button></form>
${row("complete", "Goes with it", complete)}`;
}

export function thanks(order: string) {
  return html`<h1>Thank you</h1><p>Your order <b>${order}</b> is on its way, as far as a made-up one can be.</p><p><a class="button" href="/">On with the shopping</a></p>`;
}

/** What is known of a visitor, for their own eyes. */
export function myData(known: { sentences: readonly string[]; products: readonly Product[] } | "nothing" | "unreachable", erased: boolean) {
  return html`<h1>What we know of you</h1>
${erased && html`<p class="done" role="status">Everything is erased.</p>`}
${knowledge(known)}`;
}

function knowledge(known: Parameters<typeof myData>[0]) {
  if (known === "unreachable") return html`<p>We can’t look it up at the moment. Please come back in a minute.</p>`;
  if (known === "nothing") return html`<p>Nothing: no profile, no list of what you looked at, no number.</p>`;
  return html`<ul class="known">${known.sentences.map((sentence) => html`<li>${sentence}</li>`)}</ul>
${row("looked", "You looked at", known.products.map((product) => ({ product, reasons: [], token: "" })))}
<form method="post" action="/my-data/erase"><button class="danger">Erase all of it</button></form>
<form method="post" action="/consent"><input type="hidden" name="back" value="/my-data"><button class="quiet" name="answer" value="no">Remember nothing from now on</button></form>`;
}

export function notFound() {
  return html`<h1>There is nothing here</h1><p><a href="/">To the shop’s door</a></p>`;
}

export function total(lines: readonly CartLine[]): number {
  return lines.reduce((sum, { product, quantity }) => sum + product.price * quantity, 0);
}

function price(cents: number): string {
  return `€ ${(cents / 100).toFixed(2)}`;
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
