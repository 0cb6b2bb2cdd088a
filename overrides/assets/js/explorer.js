// @ts-check
// The explorer: a question and choices, kept in the address; their results as a list, a map or a table.
// Without this script the page is a list of links. When its data is missing, it stays that list, and says so.

import { countOf, filtered, listed, load } from "./catalogue.js";
import { keep, kept as keptCommune } from "./kept.js";
import { fold } from "./search/words.js";
import { el, plural } from "./site.js";
import { read, write } from "./state.js";
import { groups } from "./views.js";

/** @typedef {import("./state.js").State} State */

const SORTS = { pertinence: "Pertinence", date: "Plus récentes", ressemblance: "Comme ma commune" };
const VIEWS = { liste: "Liste", carte: "Carte", tableau: "Tableau" };

/** @param {HTMLElement} root */
export async function start(root) {
  const results = /** @type {HTMLElement} */ (root.querySelector("[data-results]"));
  const total = /** @type {HTMLElement} */ (root.querySelector("[role=status]"));
  const panel = /** @type {HTMLElement} */ (root.querySelector(".side-panel"));
  const fixed = [...results.childNodes];
  /** @type {import("./catalogue.js").Catalogue} */
  let catalogue;
  try {
    catalogue = await load();
  } catch {
    results.prepend(el("p", { class: "banner" }, "Les filtres ne répondent pas pour l’instant. Chaque entrée mène tout de même à sa liste de fiches."));
    return;
  }
  let state = read(location.search, catalogue);
  let turn = 0;

  /** @param {Partial<State>} change @param {"push" | "replace"} [how] */
  const go = (change, how = "push") => {
    state = { ...state, ...change };
    const address = location.pathname + write(state, catalogue) + location.hash;
    if (how === "push" && address !== location.pathname + location.search + location.hash) history.pushState(null, "", address);
    else history.replaceState(null, "", address);
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
    timer = setTimeout(() => go({ q: box.value, more: new Map() }, "replace"), 250);
  });
  const form = el("form", { role: "search", class: "question", submit: (event) => {
    event.preventDefault();
    clearTimeout(timer);
    go({ q: box.value, more: new Map() });
  } }, el("label", { for: box.id }, "Mots à chercher"), el("div", {}, box, el("button", { class: "primary" }, "Chercher"))); // prettier-ignore
  const chips = el("ul", { class: "chips chosen", "aria-label": "Choix en cours", hidden: true });
  const opener = el("button", { type: "button", class: "only-phone", "aria-haspopup": "dialog" }, "Filtrer");
  const sort = el("select", { id: "fiche-tri" }, ...Object.entries(SORTS).map(([id, label]) => el("option", { value: id }, label)));
  sort.addEventListener("change", () => go({ tri: /** @type {State["tri"]} */ (/** @type {HTMLSelectElement} */ (sort).value) }));
  const views = el("div", { class: "views", role: "group", "aria-label": "Présentation" }, ...Object.entries(VIEWS).map(([id, label]) =>
    el("button", { type: "button", "data-view": id, click: () => go({ vue: /** @type {State["vue"]} */ (id) }) }, label))); // prettier-ignore
  const note = el("div", { class: "note" });
  const found = /** @type {HTMLElement} */ (root.querySelector(".found"));
  found.prepend(form);
  const mineOpener = el("button", { type: "button", class: "only-phone", "aria-haspopup": "dialog" }, "Ma commune");
  const line = el("div", { class: "line" });
  total.replaceWith(line);
  line.append(total, mineOpener, opener);
  line.after(el("div", { class: "tools" }, el("label", { for: "fiche-tri" }, "Trier"), sort, views), chips, note);

  // Facets: the links become boxes to tick.
  const title = /** @type {HTMLElement} */ (panel.querySelector("h2"));
  title.after(
    mine(),
    facetPanel("sorte", "Sorte de fiche", true, [...(catalogue.facets[0].values.values())].map(({ id, label }) => ({ id, label }))),
  );
  for (const details of panel.querySelectorAll("details[data-facet]")) {
    const id = /** @type {HTMLElement} */ (details).dataset.facet ?? "";
    const facet = catalogue.facets.find((one) => one.id === id);
    const list = details.querySelector("ul");
    if (facet && list && id !== "sorte") list.replaceWith(ticks(facet.titre, id, [...facet.values.values()]));
  }

  /** @param {string} titre @param {string} facet @param {{id: string, label: string}[]} values */
  function ticks(titre, facet, values) {
    return el("fieldset", {}, el("legend", { class: "hidden" }, titre), ...values.map(({ id, label }) => {
      const input = el("input", { type: "checkbox", name: facet, value: id });
      input.addEventListener("change", () => choose(facet, id, /** @type {HTMLInputElement} */ (input).checked));
      return el("label", { "data-value": id }, input, el("span", {}, label), el("span", { class: "number" }));
    })); // prettier-ignore
  }
  /** @param {string} id @param {string} titre @param {boolean} open @param {{id: string, label: string}[]} values */
  function facetPanel(id, titre, open, values) {
    return el("details", { class: "facet", "data-facet": id, open }, el("summary", {}, el("h3", {}, titre)), ticks(titre, id, values));
  }

  /** « Comme ma commune ». */
  function mine() {
    const input = /** @type {HTMLInputElement} */ (el("input", { id: "fiche-commune", type: "text", autocomplete: "off", placeholder: "nom, code postal ou INSEE" }));
    const forget = el("button", { type: "button", class: "link", hidden: true, click: () => {
      keep("");
      input.value = "";
      go({ commune: "", structure: "", mes: [], tri: state.tri === "ressemblance" ? "pertinence" : state.tri });
      input.focus();
    } }, "Oublier ma commune"); // prettier-ignore
    const again = el("button", { type: "button", class: "link", hidden: true, click: () => go({ commune: keptCommune(), tri: "ressemblance" }) });
    const structures = catalogue.facets.find((facet) => facet.id === "types-structure")?.values ?? new Map();
    const structure = /** @type {HTMLSelectElement} */ (el("select", { id: "fiche-structure" }, el("option", { value: "" }, "Sans préciser"), ...[...structures.values()].map(({ id, label }) => el("option", { value: id }, label))));
    structure.addEventListener("change", () => go({ structure: structure.value, tri: "ressemblance" }));
    const held = catalogue.facets.find((facet) => facet.id === "ressources")?.values ?? new Map();
    const resources = el("fieldset", {}, el("legend", {}, "Nos ressources"), ...[...held.values()].map(({ id, label }) => {
      const tick = /** @type {HTMLInputElement} */ (el("input", { type: "checkbox", value: id }));
      tick.addEventListener("change", () => go({ mes: tick.checked ? [...state.mes, id] : state.mes.filter((one) => one !== id), tri: "ressemblance" }));
      return el("label", {}, tick, el("span", {}, label));
    })); // prettier-ignore
    const precise = el("details", { hidden: true }, el("summary", {}, "Préciser"), el("label", { for: structure.id }, "Notre structure"), structure, resources);
    const proposals = async (/** @type {string} */ text) => {
      const communes = await import("./communes.js");
      const rows = await communes.find(text);
      return Promise.all(rows.map(async (one) => ({
        label: one.nom,
        detail: `${await communes.departementOf(one)}${one.postaux ? ` · ${one.postaux.split(" ")[0]}` : ""}`,
        pick: () => {
          keep(one.code);
          go({ commune: one.code, tri: "ressemblance", more: new Map() });
        },
      }))); // prettier-ignore
    };
    input.addEventListener("focus", async () => (await import("./combobox.js")).combobox(input, "Communes", proposals), { once: true });
    const block = el("section", { class: "mine", "aria-labelledby": "fiche-mine" }, el("h3", { id: "fiche-mine" }, el("label", { for: input.id }, "Comme ma commune")), input,
      el("p", {}, "Les fiches les plus proches de la vôtre d’abord, et pourquoi. Votre choix reste dans ce navigateur."), precise, forget, again); // prettier-ignore
    mine.show = async (/** @type {import("./communes.js").Commune | null} */ commune) => {
      forget.hidden = precise.hidden = !commune;
      const communes = commune || keptCommune() ? await import("./communes.js") : null;
      if (commune) input.value = `${commune.nom} (${await communes?.departementOf(commune)})`;
      else if (document.activeElement !== input) input.value = "";
      structure.value = state.structure;
      for (const tick of resources.querySelectorAll("input")) tick.checked = state.mes.includes(tick.value);
      const before = commune || !keptCommune() ? null : await communes?.byCode(keptCommune()).catch(() => null);
      again.hidden = !before;
      if (before) again.textContent = `Reprendre ${before.nom}`;
    };
    return block;
  }
  /** @type {(commune: import("./communes.js").Commune | null) => Promise<void>} */
  mine.show ??= async () => {};

  // On a phone the facets open over the page.
  const dialog = /** @type {HTMLDialogElement} */ (el("dialog", { class: "sheet", "aria-label": "Filtres" }));
  const shut = el("button", { type: "button", class: "primary", click: () => dialog.close() }, "Voir les fiches");
  const place = document.createComment("filtres");
  panel.before(place);
  root.append(dialog);
  const show = () => {
    dialog.append(panel, el("p", { class: "bar" }, shut));
    dialog.showModal();
  };
  opener.addEventListener("click", show);
  mineOpener.addEventListener("click", () => {
    show();
    panel.querySelector("input")?.focus();
  });
  dialog.addEventListener("close", () => {
    place.after(panel);
    dialog.replaceChildren();
  });
  matchMedia("(min-width: 62rem)").addEventListener("change", (event) => event.matches && dialog.open && dialog.close());
  root.classList.add("live");

  addEventListener("popstate", () => {
    state = read(location.search, catalogue);
    void update();
  });

  async function update() {
    const mineTurn = ++turn;
    root.setAttribute("aria-busy", "true");
    if (document.activeElement !== box || !box.value.startsWith(state.q.trim())) box.value = state.q;
    /** @type {import("./search/search.js").Found | null} */
    let asked = null;
    let broken = false;
    if (state.q.trim()) {
      try {
        asked = await (await import("./search/search.js")).search(state.q);
      } catch {
        broken = true;
      }
    }
    const commune = state.commune ? await (await import("./communes.js")).byCode(state.commune).catch(() => null) : null;
    const likeness = commune ? await likenessTo(commune).catch(() => new Map()) : new Map();
    if (mineTurn !== turn) return;

    const nothing = Boolean(state.q.trim()) && asked !== null && !asked.words.length;
    /** @type {Uint8Array | null} */
    let text = null;
    if (asked && !nothing) {
      text = new Uint8Array(catalogue.count);
      for (const [at] of asked.hits) text[at] = 1;
    }
    const kept = filtered(catalogue, state.choices, text);
    const order = arranged(listed(kept), asked, likeness);
    const context = { catalogue, state, found: asked, likeness, kept, text, order, go, choose };

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
    if (mineTurn !== turn) return;
    results.replaceChildren(...shown);
    total.replaceChildren(el("b", { "data-total": true }, String(order.length)), ` ${order.length > 1 ? "fiches" : "fiche"}`);
    told(asked, broken, nothing, commune);
    choicesShown(commune);
    counts(text, likeness);
    await mine.show(commune);
    root.removeAttribute("aria-busy");
  }

  /** @param {import("./communes.js").Commune} commune */
  async function likenessTo(commune) {
    const { near, profile } = await import("./near.js");
    return near(catalogue, await profile(commune, state.structure, state.mes));
  }

  /** @param {number[]} places @param {import("./search/search.js").Found | null} asked @param {Map<number, import("./near.js").Likeness>} likeness */
  function arranged(places, asked, likeness) {
    if (state.tri === "date") return places.sort((a, b) => (catalogue.published[b] > catalogue.published[a] ? 1 : catalogue.published[b] < catalogue.published[a] ? -1 : a - b));
    if (state.tri === "ressemblance") return places.sort((a, b) => (likeness.get(b)?.score ?? 0) - (likeness.get(a)?.score ?? 0) || a - b);
    if (!asked) return places;
    const rank = new Map(asked.hits.map(([place], number) => [place, number]));
    return places.sort((a, b) => (rank.get(a) ?? 0) - (rank.get(b) ?? 0));
  }

  /** Words of the question as she typed them. @param {string[]} folded */
  function quoted(folded) {
    const typed = state.q.slice(0, 600).match(/[\p{L}\p{N}]+/gu) ?? [];
    return folded.map((word) => `« ${typed.find((one) => fold(one) === word) ?? word} »`).join(", ");
  }

  /** What a reader should know about the answer. */
  function told(asked, broken, nothing, commune) {
    /** @type {Node[]} */
    const said = [];
    if (broken) said.push(el("p", { class: "banner" }, "La recherche par mots ne répond pas pour l’instant. Les filtres et les listes restent."));
    if (nothing) said.push(el("p", {}, "Ces signes ne forment aucun mot : voici toutes les fiches."));
    if (asked?.proposal) {
      const words = asked.proposal;
      said.push(el("p", {}, `Aucune fiche ne contient ${quoted(asked.unknown)}. Essayez avec `, el("a", { href: write({ ...state, q: words }, catalogue), "data-proposal": words, click: (event) => {
        event.preventDefault();
        go({ q: words });
      } }, words), ".")); // prettier-ignore
    } else if (asked?.unknown.length && asked.hits.length) {
      said.push(el("p", {}, `Aucune fiche ne contient ${quoted(asked.unknown)} : voici celles qui ont le reste.`));
    } else if (asked && !asked.all && asked.hits.length) {
      said.push(el("p", {}, "Aucune fiche n’a tous ces mots à la fois : voici celles qui en ont le plus."));
    }
    if (state.commune && !commune) said.push(el("p", {}, `Aucune commune n’a le code « ${state.commune} ».`));
    if (state.tri === "ressemblance" && !state.commune) said.push(el("p", {}, "Choisissez votre commune pour trier par ressemblance."));
    note.replaceChildren(...said);
  }

  /** The choices, each with what takes it away. @param {import("./communes.js").Commune | null} commune */
  function choicesShown(commune) {
    /** @type {[string, () => Promise<void>, boolean][]} */
    const every = [];
    if (state.q.trim()) every.push([`« ${state.q.trim().slice(0, 60)} »`, () => go({ q: "" }), false]);
    for (const [id, values] of state.choices) {
      const facet = catalogue.facets.find((one) => one.id === id);
      for (const value of values) {
        const known = facet?.values.get(value);
        every.push([known ? known.label : `Inconnu : ${(facet?.titre ?? id).slice(0, 40)} = ${value.slice(0, 60)}`, () => choose(id, value, false), !known]);
      }
    }
    if (state.commune) every.push([commune ? `Comme ${commune.nom}` : `Commune inconnue : ${state.commune.slice(0, 20)}`, () => go({ commune: "", tri: state.tri === "ressemblance" ? "pertinence" : state.tri }), !commune]);
    chips.hidden = !every.length;
    chips.replaceChildren(
      ...every.map(([label, remove, unknown]) => el("li", {}, el("button", { type: "button", class: unknown ? "chip unknown" : "chip", click: async () => {
        await remove();
        (chips.querySelector("button") ?? box).focus();
      } }, el("span", { class: "hidden" }, "Retirer "), label, el("span", { "aria-hidden": "true" }, "×")))),
      ...(every.length > 1 ? [el("li", {}, el("button", { type: "button", class: "link", click: () => {
        go({ q: "", choices: new Map(), commune: "", tri: "pertinence", more: new Map() });
        box.focus();
      } }, "Tout retirer"))] : []),
    ); // prettier-ignore
    const facets = [...state.choices.values()].reduce((sum, values) => sum + values.size, 0) + (state.commune ? 1 : 0);
    opener.textContent = facets ? `Filtrer (${facets})` : "Filtrer";
  }

  /** Each value with the sheets that ticking it would show. @param {Uint8Array | null} text @param {Map<number, unknown>} likeness */
  function counts(text, likeness) {
    for (const facet of catalogue.facets) {
      const base = filtered(catalogue, state.choices, text, facet.id);
      const chosen = state.choices.get(facet.id) ?? new Set();
      const details = panel.querySelector(`details[data-facet="${facet.id}"]`);
      for (const label of details?.querySelectorAll("label") ?? []) {
        const value = facet.values.get(label.dataset.value ?? "");
        const input = label.querySelector("input");
        const number = label.querySelector(".number");
        if (!value || !input || !number) continue;
        const count = countOf(value, base);
        input.checked = chosen.has(value.id);
        number.replaceChildren(String(count), el("span", { class: "hidden" }, count > 1 ? " fiches" : " fiche"));
        label.classList.toggle("none", !count && !input.checked);
      }
      const summary = details?.querySelector("summary");
      summary?.querySelector(".picked")?.remove();
      if (chosen.size) summary?.append(el("span", { class: "picked" }, plural(chosen.size, "choix", "choix")));
    }
    const select = /** @type {HTMLSelectElement} */ (sort);
    select.value = state.tri;
    for (const button of views.querySelectorAll("button")) button.setAttribute("aria-pressed", String(button.dataset.view === state.vue));
    const last = select.options[2];
    last.disabled = !likeness.size && state.tri !== "ressemblance";
  }

  // A bare address takes up the commune that the reader kept; an address with a state is what its sender saw.
  if (!location.search && keptCommune()) state = { ...state, commune: keptCommune(), tri: "ressemblance" };
  history.replaceState(null, "", location.pathname + write(state, catalogue) + location.hash);
  await update();
}

const root = document.querySelector("[data-explorer]");
if (root instanceof HTMLElement) void start(root);
