// @ts-check
// What answers a question, and its results as cards, by kind.

import { cards } from "./catalogue.js";
import { button as keepButton } from "./keep.js";
import { excerpt, held, marked } from "./search/excerpt.js";
import { ready, search } from "./search/search.js";
import { el, fetchJson, href, plural } from "./site.js";

/**
 * @typedef {object} Context
 * @property {import("./catalogue.js").Catalogue} catalogue
 * @property {import("./state.js").State} state
 * @property {import("./search/search.js").Found | null} found
 * @property {Map<number, import("./near.js").Likeness>} likeness
 * @property {number[]} order places of the results, in order
 * @property {(change: Partial<import("./state.js").State>, how?: "push" | "replace") => Promise<void>} go
 */

/** Cards shown at first: of few results, all; else of the first kind, and of each other. */
const ALL = 36;
const FIRST = 12;
const OTHERS = 4;
export const NONE = { words: [], beginnings: [] };

/**
 * @typedef {object} Asked what became of the question
 * @property {import("./search/search.js").Found | null} found
 * @property {boolean} broken the index does not load
 * @property {boolean} wordless the question has no word
 */

/** @param {string} question @returns {Promise<Asked>} */
export async function ask(question) {
  if (!question.trim()) return { found: null, broken: false, wordless: false };
  try {
    const found = await search(question);
    return { found, broken: false, wordless: !found.words.length };
  } catch {
    return { found: null, broken: true, wordless: false };
  }
}

/** @param {HTMLElement} total @param {number} count */
export function announce(total, count) {
  total.replaceChildren(el("b", { "data-total": true }, count.toLocaleString("fr-FR")), ` ${count > 1 ? "fiches" : "fiche"}`);
}

/** Cards, by kind; kinds in the order of their best sheet. @param {Context} context @returns {Promise<Node[]>} */
export async function groups(context) {
  const { catalogue, state, order } = context;
  /** @type {Map<number, number[]>} */
  const byKind = new Map();
  for (const place of order) {
    const kind = catalogue.kindOf[place];
    const places = byKind.get(kind);
    if (places) places.push(place);
    else byKind.set(kind, [place]);
  }
  return Promise.all(
    [...byKind].map(async ([number, places], rank) => {
      const kind = catalogue.kinds[number];
      const most = state.more.get(kind.id) ?? (order.length <= ALL ? ALL : rank ? OTHERS : FIRST);
      const shown = places.slice(0, most);
      const list = el("ul", { class: "cards rows" }, ...(await Promise.all((await cards(catalogue, shown)).map((card, at) => cardOf(context, shown[at], card)))));
      const left = places.length - shown.length;
      const title = `fiche-sorte-${kind.id}`;
      return el("section", { class: "part", "aria-labelledby": title },
        el("h2", { id: title }, `${places.length > 1 ? kind.labels : kind.label} `, el("span", { class: "number" }, places.length.toLocaleString("fr-FR"))),
        list,
        left ? el("button", { type: "button", class: "more", click: async () => {
          await context.go({ more: new Map([...state.more, [kind.id, most + 24]]) }, "replace");
          focusOn(`[aria-labelledby="${title}"] li:nth-child(${most + 1}) a`);
        } }, `Montrer ${plural(Math.min(24, left), "autre")}`) : "",
      ); // prettier-ignore
    }),
  );
}

/** After more results came: the first of them. @param {string} selector */
export function focusOn(selector) {
  const found = document.querySelector(selector);
  if (found instanceof HTMLElement) found.focus();
}

/** @param {Context} context @param {number} place @param {import("./catalogue.js").Card} card */
export async function cardOf({ catalogue, found, likeness, state }, place, card) {
  const looked = found ?? NONE;
  const kind = catalogue.kinds[catalogue.kindOf[place]];
  const link = el("a", { href: href(card.adresse) }, marked(card.titre, looked));
  const lead = card.resume.length > 240 ? `${card.resume.slice(0, card.resume.lastIndexOf(" ", 230))}…` : card.resume;
  const item = el("li", { class: "card", "data-id": card.id, "data-fiche": card.id },
    el("p", { class: "kind" }, [kind.label, card.lieu].filter(Boolean).join(" · ")),
    el("h3", {}, link),
    el("p", {}, marked(lead, looked)),
  ); // prettier-ignore
  const reasons = likeness.get(place)?.reasons ?? [];
  if (reasons.length) item.append(el("ul", { class: "why" }, ...reasons.slice(0, 4).map((reason) => el("li", {}, reason))));
  else if (state.tri === "ressemblance" && state.commune) item.append(el("p", { class: "why-not" }, "Rien de commun avec votre commune dans ce que dit la fiche"));
  if (kind.id !== "pages") item.append(keepButton(card.id, card.titre));
  // Where the words stand, when the card itself does not show them all.
  const missing = looked.words.length > held(`${card.titre} ${lead}`, looked).size;
  if (missing && card.intertitres) within(item, card, excerpt(card.intertitres.map(([anchor, heading]) => [anchor, heading, ""]), looked), looked);
  else if (missing && (await ready()).rules.texte) {
    // The card is useful before; the text comes when a reader gets to it.
    seen.observe(item);
    later.set(item, () =>
      fetchJson(`recherche/textes/${place}.json`).then((sections) => within(item, card, excerpt(sections, looked), looked), () => {}),
    );
  }
  return item;
}

/** @type {WeakMap<Element, () => void>} */
const later = new WeakMap();
const seen = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (!isIntersecting) continue;
    seen.unobserve(target);
    later.get(target)?.();
  }
});

/** @param {HTMLElement} item @param {import("./catalogue.js").Card} card @param {ReturnType<typeof excerpt>} cut @param {import("./search/excerpt.js").Looked} looked */
function within(item, card, cut, looked) {
  if (!cut) return;
  const line = el("p", { class: "within" });
  if (cut.anchor) line.append(el("a", { href: href(`${card.adresse}#${cut.anchor}`) }, marked(cut.heading, looked)), cut.text ? " : " : "");
  else if (cut.heading) line.append(el("span", { class: "heading" }, marked(cut.heading, looked)), cut.text ? " : " : "");
  line.append(marked(cut.text, looked));
  item.querySelector("h3")?.nextElementSibling?.after(line);
}
