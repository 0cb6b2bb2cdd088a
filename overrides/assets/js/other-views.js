// @ts-check
// The results of the explorer as a table and on the map, and what to do when there are none.

import { cards, filtered, listed } from "./catalogue.js";
import { button as keepButton } from "./keep.js";
import { cardOf, focusOn, NONE } from "./views.js";
import { marked } from "./search/excerpt.js";
import { el, fetchText, follow, href, plural } from "./site.js";
import { write } from "./state.js";

/** @typedef {import("./views.js").Context & {kept: Uint8Array, text: Uint8Array | null}} Context `kept`: the results, `text`: what answers the question */

/** @param {Context} context @returns {Promise<Node[]>} */
export async function table({ catalogue, state, order, found, go }) {
  const most = state.more.get("tableau") ?? 50;
  const shown = order.slice(0, most);
  const columns = ["themes", "departements", "strates", "gouvernance"].map((id) => catalogue.facets.find((facet) => facet.id === id)).filter((facet) => facet !== undefined);
  /** @type {Map<number, string[]>[]} */
  const labels = columns.map((facet) => {
    const byPlace = new Map();
    for (const { label, places } of facet.values.values()) for (const place of places) byPlace.set(place, [...(byPlace.get(place) ?? []), label]);
    return byPlace;
  });
  const rows = (await cards(catalogue, shown)).map((card, at) => {
    const place = shown[at];
    return el("tr", { "data-id": card.id },
      el("th", { scope: "row" }, el("a", { href: href(card.adresse) }, marked(card.titre, found ?? NONE)), keepButton(card.id, card.titre)),
      el("td", {}, catalogue.kinds[catalogue.kindOf[place]].label),
      ...labels.map((byPlace) => el("td", {}, (byPlace.get(place) ?? []).join(", ") || "–")),
      el("td", {}, catalogue.published[place].split("-").reverse().join("/")),
    ); // prettier-ignore
  });
  const head = ["Fiche", "Sorte", ...columns.map((facet) => facet.titre), "Publiée le"];
  const left = order.length - shown.length;
  return [
    el("h2", { class: "hidden" }, "Tableau"),
    el("div", { class: "scroll", role: "region", "aria-label": "Tableau des fiches", tabindex: "0" },
      el("table", { class: "sheets" }, el("thead", {}, el("tr", {}, ...head.map((text) => el("th", { scope: "col" }, text)))), el("tbody", {}, ...rows))),
    ...(left ? [el("button", { type: "button", class: "more", click: async () => {
      await go({ more: new Map([["tableau", most + 50]]) }, "replace");
      focusOn(`tbody tr:nth-child(${most + 1}) a`);
    } }, `Montrer ${plural(Math.min(50, left), "autre")}`)] : []),
  ]; // prettier-ignore
}

/** The map of the page /carte/, with the counts of the results. @param {Context} context @returns {Promise<Node[]>} */
export async function map({ catalogue, kept, state, order, go }) {
  // A page of this site, made by its own templates.
  const page = new DOMParser().parseFromString(await fetchText("carte/"), "text/html");
  const drawing = page.querySelector(".atlas-map");
  if (!drawing) throw new Error("carte");
  const facet = catalogue.facets.find((one) => one.id === "departements");
  const chosen = state.choices.get("departements") ?? new Set();
  const figure = document.importNode(drawing, true);
  /** @type {[string, number][]} */
  const counted = [];
  const placed = new Uint8Array(catalogue.count);
  for (const { id, label, places } of facet?.values.values() ?? []) {
    const count = places.reduce((sum, place) => sum + kept[place], 0);
    for (const place of places) placed[place] = 1;
    if (count) counted.push([id, count]);
    for (const shape of figure.querySelectorAll(`[data-departement="${id}"]`)) {
      const name = `${label} (${id.toUpperCase()}) : ${plural(count, "fiche")}`;
      shape.querySelector("title")?.replaceChildren(name);
      shape.setAttribute("aria-label", name);
      // The steps of the drawing's own caption.
      shape.setAttribute("class", `n${count ? (count === 1 ? 1 : count < 4 ? 2 : count < 10 ? 3 : 4) : 0}${chosen.has(id) ? " chosen" : ""}`);
      if (!(shape instanceof SVGAElement)) continue;
      if (count) {
        shape.setAttribute("href", address(id));
        shape.addEventListener("click", follow(() => go(inside(id))));
      } else shape.removeAttribute("href");
    }
  }
  /** The list of one département. @param {string} id @returns {Pick<import("./state.js").State, "choices" | "vue">} */
  function inside(id) {
    return { choices: new Map(state.choices).set("departements", new Set([id])), vue: "liste" };
  }
  /** @param {string} id */
  function address(id) {
    return write({ ...state, ...inside(id) }, catalogue);
  }
  counted.sort((a, b) => b[1] - a[1]);
  const away = order.filter((place) => !placed[place]).length;
  return [
    el("h2", { class: "hidden" }, "Carte"),
    el("div", { class: "atlas" }, figure, el("div", {},
      el("h3", {}, "En liste"),
      counted.length
        ? el("ul", { class: "links" }, ...counted.map(([id, count]) => el("li", {}, el("a", { href: address(id), click: follow(() => go(inside(id))) }, `${facet?.values.get(id)?.label} (${id.toUpperCase()})`), " ", el("small", {}, plural(count, "fiche")))))
        : el("p", {}, "Aucune de ces fiches n’a de département."),
      away ? el("p", { class: "away" }, `${plural(away, "fiche")} sans département${away > 1 ? ", visibles" : ", visible"} en liste.`) : "",
    )),
  ]; // prettier-ignore
}

/** Nothing answers: which choice to drop, and what comes nearest. @param {Context} context @returns {Promise<Node[]>} */
export async function empty(context) {
  const { catalogue, state, text } = context;
  /** @type {{label: string, change: Partial<import("./state.js").State>, count: number}[]} */
  const ways = [];
  /** @param {import("./catalogue.js").Choices} choices @param {Uint8Array | null} words */
  const count = (choices, words) => listed(filtered(catalogue, choices, words)).length;
  if (state.q.trim()) ways.push({ label: `sans « ${state.q.trim().slice(0, 60)} »`, change: { q: "" }, count: count(state.choices, null) });
  /** @type {typeof ways} */
  const alone = [];
  if (text) alone.push({ label: `seulement « ${state.q.trim().slice(0, 60)} »`, change: { choices: new Map() }, count: count(new Map(), text) });
  /** @type {Uint8Array[]} */
  const wishes = text ? [text] : [];
  for (const [id, values] of state.choices) {
    const facet = catalogue.facets.find((one) => one.id === id);
    const known = [...values].map((value) => facet?.values.get(value)).filter((value) => value !== undefined);
    if (!facet || !known.length) continue;
    const choices = new Map(state.choices);
    choices.delete(id);
    ways.push({ label: `sans « ${known.map((value) => value.label).join(" ou ")} »`, change: { choices }, count: count(choices, text) });
    const only = new Map([[id, values]]);
    alone.push({ label: `seulement « ${known.map((value) => value.label).join(" ou ")} »`, change: { q: "", choices: only }, count: count(only, null) });
    wishes.push(filtered(catalogue, only, null));
  }
  let useful = ways.filter((way) => way.count).sort((a, b) => b.count - a.count);
  // No single choice is to blame: each of them alone, then.
  if (!useful.length && ways.length > 1) useful = alone.filter((way) => way.count);
  // The sheets that meet most of the wishes.
  /** @type {[number, number][]} */
  const met = [];
  for (let place = 0; place < catalogue.count; place++) {
    const held = wishes.reduce((sum, wish) => sum + wish[place], 0);
    if (held) met.push([place, held]);
  }
  met.sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  const nearest = met.slice(0, 3);
  const items = await Promise.all((await cards(catalogue, nearest.map(([place]) => place))).map(async (card, at) => {
    const [place, held] = nearest[at];
    const item = await cardOf({ ...context, found: null, likeness: new Map() }, place, card);
    item.removeAttribute("data-id"); // near, but no result
    item.append(el("ul", { class: "why" }, el("li", {}, `répond à ${held} de vos ${wishes.length} choix`)));
    return item;
  })); // prettier-ignore
  return [
    el("div", { class: "empty" },
      el("p", {}, el("strong", {}, "Aucune fiche ne répond à tout cela. "), "C’est peut-être un manque de la bibliothèque, pas la preuve que rien n’existe."),
      useful.length ? el("ul", {}, ...useful.map(({ label, change, count }) => el("li", {}, el("a", { href: write({ ...state, ...change }, catalogue), click: follow(() => context.go(change)) }, `Chercher ${label}`), ` : ${plural(count, "fiche")}`))) : "",
      el("p", {}, el("a", { href: location.pathname, click: follow(() => context.go({ q: "", choices: new Map(), commune: "", tri: "pertinence" })) }, "Tout reprendre depuis le début")),
    ),
    ...(items.length ? [el("h2", {}, "Le plus proche"), el("ul", { class: "cards rows" }, ...items)] : []),
  ]; // prettier-ignore
}
