// @ts-check
// The explorer, alive: a question and choices, kept in the address; their results as a list, a map or a table.

import { filtered, listed, load } from "./catalogue.js";
import { copy } from "./copy.js";
import { keep, kept } from "./kept.js";
import { mine as like } from "./mine.js";
import { counts, sheet, ticks } from "./panel.js";
import { fold } from "./search/words.js";
import { el, follow } from "./site.js";
import { read, write } from "./state.js";
import { announce, ask, groups } from "./views.js";

/**
 * @typedef {import("./state.js").State} State
 * @typedef {import("./views.js").Asked} Asked
 * @typedef {object} Near what became of the commune
 * @property {import("./communes.js").Commune | null} commune
 * @property {string} name with its département
 * @property {Map<number, import("./near.js").Likeness>} likeness
 * @property {boolean} away the communes do not load
 */

const SORTS = { pertinence: "Pertinence", date: "Plus récentes", ressemblance: "Comme ma commune" };
const VIEWS = { liste: "Liste", carte: "Carte", tableau: "Tableau" };

/** @param {import("./catalogue.js").Catalogue} catalogue @param {State} state @returns {Promise<Near>} */
async function nearTo(catalogue, { commune: code, structure, mes }) {
  /** @type {Near} */
  const nothing = { commune: null, name: "", likeness: new Map(), away: false };
  if (!code) return nothing;
  try {
    const [communes, { near, profile }] = await Promise.all([import("./communes.js"), import("./near.js")]);
    const commune = await communes.byCode(code);
    if (!commune) {
      if (code === kept()) keep("");
      return nothing;
    }
    const name = `${commune.nom} (${await communes.departementOf(commune)})`;
    return { commune, name, likeness: await near(catalogue, await profile(commune, structure, mes)), away: false };
  } catch {
    return { ...nothing, away: true };
  }
}

/** The commune that she chose another time. */
async function lastCommune() {
  if (!kept()) return null;
  try {
    return await (await import("./communes.js")).byCode(kept());
  } catch {
    return null;
  }
}

/**
 * @param {HTMLElement} root
 * @param {Node[]} fixed what the page says without this script
 */
export async function start(root, fixed) {
  const results = /** @type {HTMLElement} */ (root.querySelector("[data-results]"));
  const total = /** @type {HTMLElement} */ (root.querySelector("[role=status]"));
  const panel = /** @type {HTMLElement} */ (root.querySelector(".side-panel"));
  results.tabIndex = -1;
  /** @type {import("./catalogue.js").Catalogue} */
  let catalogue;
  try {
    catalogue = await load();
  } catch {
    results.replaceChildren(...fixed);
    results.prepend(el("p", { class: "banner" }, "Les filtres ne répondent pas pour l’instant. Chaque entrée mène tout de même à sa liste de fiches."));
    return;
  }
  let state = read(location.search, catalogue);
  let turn = 0;
  let typing = false; // the last entry of the history is of the question being typed

  /** @param {Partial<State>} change @param {"push" | "replace"} [how] */
  const go = (change, how = "push") => {
    typing = false;
    state = { ...state, ...change };
    const address = location.pathname + write(state, catalogue) + location.hash;
    if (how === "push" && address !== location.pathname + location.search + location.hash) history.pushState(null, "", address);
    else history.replaceState({ more: [...state.more] }, "", address);
    return update();
  };
  /** @param {string} facet @param {string} value @param {boolean} on */
  const choose = (facet, value, on) => {
    const choices = new Map([...state.choices].map(([name, values]) => [name, new Set(values)]));
    const values = choices.get(facet) ?? new Set();
    if (on) values.add(value);
    else values.delete(value);
    choices.set(facet, values);
    return go({ choices, more: new Map() });
  };

  // The controls, made once.
  const box = /** @type {HTMLInputElement} */ (el("input", { type: "search", id: "fiche-question", maxlength: "300", enterkeyhint: "search", autocomplete: "off", placeholder: "chaufferie bois, cantine, 46, SCIC…" }));
  let timer = 0;
  box.addEventListener("input", () => {
    clearTimeout(timer);
    // Back undoes a question, not each of its letters.
    timer = setTimeout(() => {
      void go({ q: box.value, more: new Map() }, typing ? "replace" : "push");
      typing = true;
    }, 250);
  });
  const form = el("form", { role: "search", "aria-label": "Dans les fiches", class: "question", submit: (event) => {
    event.preventDefault();
    clearTimeout(timer);
    void go({ q: box.value, more: new Map() }, typing ? "replace" : "push");
  } }, el("label", { for: box.id }, "Mots à chercher"), el("div", {}, box, el("button", { class: "primary" }, "Chercher"))); // prettier-ignore
  const chips = el("ul", { class: "chips chosen", "aria-label": "Choix en cours", hidden: true });
  const opener = el("button", { type: "button", class: "only-phone", "aria-haspopup": "dialog" }, "Filtrer");
  const mineOpener = el("button", { type: "button", class: "only-phone", "aria-haspopup": "dialog" }, "Ma commune");
  const sort = /** @type {HTMLSelectElement} */ (el("select", { id: "fiche-tri" }, ...Object.entries(SORTS).map(([id, label]) => el("option", { value: id }, label))));
  sort.addEventListener("change", () => go({ tri: /** @type {State["tri"]} */ (sort.value) }));
  const views = el("div", { class: "views", role: "group", "aria-label": "Présentation" }, ...Object.entries(VIEWS).map(([id, label]) =>
    el("button", { type: "button", "data-view": id, click: () => go({ vue: /** @type {State["vue"]} */ (id) }) }, label))); // prettier-ignore
  /** Whoever she sends it to, and a text that cites it, open the same search. */
  const copier = /** @type {HTMLButtonElement} */ (el("button", { type: "button", class: "link", hidden: true, click: () => {
    copier.dataset.copy = location.href;
    void copy(copier);
  } }, el("span", {}, "Copier l’adresse de cette recherche"))); // prettier-ignore
  const note = el("div", { class: "note" });
  const line = el("div", { class: "line" });
  total.replaceWith(line);
  line.before(form);
  line.append(total, mineOpener, opener);
  line.after(el("div", { class: "tools" }, el("label", { for: "fiche-tri" }, "Trier"), sort, views), chips, copier, note);

  const mine = like(catalogue, go);
  ticks(panel, catalogue, choose);
  panel.querySelector("h2")?.after(mine.section);
  const open = sheet(root, panel);
  opener.addEventListener("click", open);
  const choosePlace = () => {
    if (mineOpener.offsetParent) open(); // on a phone
    mine.focus();
  };
  mineOpener.addEventListener("click", choosePlace);
  root.classList.add("live");

  addEventListener("popstate", () => {
    state = { ...read(location.search, catalogue), more: new Map(history.state?.more) };
    typing = false;
    clearTimeout(timer);
    box.value = state.q;
    void update();
  });

  async function update() {
    const now = ++turn;
    root.setAttribute("aria-busy", "true");
    if (document.activeElement !== box) box.value = state.q;
    sort.value = state.tri;
    for (const button of views.querySelectorAll("button")) button.setAttribute("aria-pressed", String(button.dataset.view === state.vue));
    // On a weak network, what is asked for may take its time.
    const slow = setTimeout(() => now === turn && total.replaceChildren("Recherche en cours…"), 700);
    const [asked, place, before] = await Promise.all([ask(state.q), nearTo(catalogue, state), state.commune ? null : lastCommune()]);
    if (now !== turn) return;
    /** @type {Uint8Array | null} */
    let text = null;
    if (asked.found && !asked.wordless) {
      text = new Uint8Array(catalogue.count);
      for (const [at] of asked.found.hits) text[at] = 1;
    }
    const mask = filtered(catalogue, state.choices, text);
    const order = arranged(listed(mask), asked.found, place.likeness);
    const context = { catalogue, state, found: asked.found, likeness: place.likeness, kept: mask, text, order, go };
    /** @type {Node[]} */
    let shown;
    try {
      if (order.length && state.vue === "liste") shown = await groups(context);
      else {
        const { empty, map, table } = await import("./other-views.js");
        shown = await (order.length ? (state.vue === "carte" ? map : table) : empty)(context);
      }
    } catch {
      shown = [el("p", { class: "banner" }, "Les fiches ne se chargent pas : vérifiez la connexion, puis réessayez. Les listes ci-dessous restent."), ...fixed];
    }
    if (now !== turn) return;
    clearTimeout(slow);
    const inside = results.contains(document.activeElement);
    results.replaceChildren(...shown);
    if (inside) results.focus(); // the link that she followed is gone
    announce(total, order.length);
    note.replaceChildren(...told(asked, place, before));
    choicesShown(place);
    copier.hidden = !location.search || !location.protocol.startsWith("http");
    counts(panel, catalogue, state.choices, text);
    mine.show(state, place.name);
    root.removeAttribute("aria-busy");
  }

  /** @param {number[]} places @param {Asked["found"]} found @param {Near["likeness"]} likeness */
  function arranged(places, found, likeness) {
    const { published } = catalogue;
    if (state.tri === "date") return places.sort((a, b) => published[b].localeCompare(published[a]) || a - b);
    if (state.tri === "ressemblance") return places.sort((a, b) => (likeness.get(b)?.score ?? 0) - (likeness.get(a)?.score ?? 0) || a - b);
    if (!found) return places;
    const rank = new Map(found.hits.map(([place], number) => [place, number]));
    return places.sort((a, b) => (rank.get(a) ?? 0) - (rank.get(b) ?? 0));
  }

  /**
   * What a reader should know about the answer.
   * @param {Asked} asked @param {Near} place @param {import("./communes.js").Commune | null} before
   */
  function told({ found, broken, wordless }, { commune, away }, before) {
    /** @type {Node[]} */
    const said = [];
    if (broken) said.push(el("p", { class: "banner" }, "La recherche par mots ne répond pas pour l’instant. Les filtres et les listes restent."));
    if (wordless) said.push(el("p", {}, "La recherche ne connaît que les lettres latines et les chiffres : voici toutes les fiches."));
    if (found?.proposal) {
      const words = found.proposal;
      said.push(el("p", {}, `Aucune fiche ne contient ${quoted(found.unknown)}. Essayez avec `, el("a", { href: write({ ...state, q: words }, catalogue), "data-proposal": words, click: follow(() => go({ q: words })) }, words), "."));
    } else if (found?.unknown.length && found.hits.length) {
      said.push(el("p", {}, `Aucune fiche ne contient ${quoted(found.unknown)} : voici celles qui ont le reste.`));
    } else if (found && !found.all && found.hits.length) {
      said.push(el("p", {}, "Aucune fiche n’a tous ces mots à la fois : voici celles qui en ont le plus."));
    }
    if (found && !found.texts) said.push(el("p", { class: "away" }, "La recherche porte sur les titres, les résumés, les intertitres, les mots-clés et les lieux, pas sur tout le texte."));
    if (away) said.push(el("p", { class: "banner" }, "Les communes ne se chargent pas pour l’instant : les fiches restent, sans ce qu’elles ont de commun avec la vôtre."));
    else if (state.commune && !commune) said.push(el("p", {}, `Aucune commune n’a le code « ${state.commune} ».`));
    if (before) said.push(el("p", {}, el("button", { type: "button", class: "chip", click: () => go({ commune: before.code, tri: "ressemblance" }) }, `Classer comme ${before.nom}`)));
    else if (state.tri === "ressemblance" && !state.commune) said.push(el("p", {}, el("button", { type: "button", class: "primary", click: choosePlace }, "Choisir ma commune"), " pour trier par ressemblance."));
    return said;
  }

  /** Words of the question as she typed them. @param {string[]} folded */
  function quoted(folded) {
    const typed = state.q.slice(0, 600).match(/[\p{L}\p{N}]+/gu) ?? [];
    return folded.map((word) => `« ${typed.find((one) => fold(one) === word) ?? word} »`).join(", ");
  }

  /** The choices, each with what takes it away. @param {Near} place */
  function choicesShown({ commune, away }) {
    /** @type {[string, () => Promise<void>, boolean][]} */
    const every = [];
    if (state.q.trim()) every.push([`« ${state.q.trim().slice(0, 60)} »`, () => go({ q: "" }), false]);
    for (const [id, values] of state.choices) {
      const facet = catalogue.facets.find((one) => one.id === id);
      for (const value of values) {
        const known = facet?.values.get(value);
        every.push([known ? known.label : `Inconnu : ${facet?.titre} = ${value.slice(0, 60)}`, () => choose(id, value, false), !known]);
      }
    }
    const without = { commune: "", tri: state.tri === "ressemblance" ? /** @type {const} */ ("pertinence") : state.tri };
    if (state.commune) every.push([commune ? `Comme ${commune.nom}` : `Commune ${away ? "" : "inconnue : "}${state.commune}`, () => go(without), !commune && !away]);
    /** @param {() => Promise<void>} change */
    const then = (change) => async () => {
      await change();
      (chips.querySelector("button") ?? box).focus();
    };
    chips.hidden = !every.length;
    chips.replaceChildren(
      ...every.map(([label, remove, unknown]) => el("li", {}, el("button", { type: "button", class: unknown ? "chip unknown" : "chip", click: then(remove) },
        el("span", { class: "hidden" }, "Retirer "), label, el("span", { "aria-hidden": "true" }, "×")))),
      every.length > 1 ? el("li", {}, el("button", { type: "button", class: "link", click: then(() => go({ q: "", choices: new Map(), commune: "", tri: "pertinence", more: new Map() })) }, "Tout retirer")) : "",
    ); // prettier-ignore
    const facets = [...state.choices.values()].reduce((sum, values) => sum + values.size, 0);
    opener.textContent = facets ? `Filtrer (${facets})` : "Filtrer";
  }

  // Back from a sheet: as many results as there were, and the place where she was.
  const { more, y } = history.state ?? {};
  state = { ...state, more: new Map(more) };
  history.replaceState({ more: [...state.more] }, "", location.pathname + write(state, catalogue) + location.hash);
  await update();
  if (y) scrollTo(0, y);
  addEventListener("pagehide", () => history.replaceState({ ...history.state, y: scrollY }, ""));
}
