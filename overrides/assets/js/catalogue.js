// @ts-check
// catalogue.json: what sheets are filtered and counted by; catalogue/N.json: what is shown of them. docs/catalogue.md

import { fetchJson } from "./site.js";

/**
 * @typedef {{id: string, label: string, places: number[]}} Value
 * @typedef {{id: string, titre: string, url: string, values: Map<string, Value>}} Facet
 * @typedef {{id: string, titre: string, resume: string, lieu: string, adresse: string, intertitres?: [string, string][]}} Card
 * @typedef {{id: string, label: string, labels: string, count: number}} Kind
 * @typedef {object} Catalogue
 * @property {number} count number of sheets
 * @property {Kind[]} kinds
 * @property {Uint8Array} kindOf place → number of its kind
 * @property {Facet[]} facets the kinds first, as a facet like the others
 * @property {Map<string, Map<string, Value>>} located communes and EPCI
 * @property {string[]} published place → date
 * @property {number} lot
 */

/** `3,1,4` → [3, 4, 8]. @param {string} text */
export function places(text) {
  let place = 0;
  return text ? text.split(",").map((step) => (place += Number(step))) : [];
}

/** @param {[string, string, string][]} rows */
function valuesOf(rows) {
  return new Map(rows.map(([id, label, list]) => [id, { id, label, places: places(list) }]));
}

/**
 * What can be said of the sheets without their facets: how many of each kind, in the order of their places.
 * @param {{fiches: number, lot: number, sortes: [string, string, string, number][]}} data
 * @returns {Catalogue}
 */
export function outline(data) {
  const kindOf = new Uint8Array(data.fiches);
  /** @type {Kind[]} */
  const kinds = [];
  /** @type {Map<string, Value>} */
  const byKind = new Map();
  let place = 0;
  for (const [id, label, labels, count] of data.sortes) {
    kindOf.fill(kinds.length, place, place + count);
    const first = place;
    if (count) byKind.set(id, { id, label: labels, places: Array.from({ length: count }, (_, n) => first + n) });
    kinds.push({ id, label, labels, count });
    place += count;
  }
  const facets = [{ id: "sorte", titre: "Sorte de fiche", url: "", values: byKind }];
  return { count: data.fiches, kinds, kindOf, facets, located: new Map(), published: [], lot: data.lot };
}

/** @returns {Promise<Catalogue>} */
export async function load() {
  const data = await fetchJson("catalogue.json");
  const catalogue = outline(data);
  for (const { id, titre, url, valeurs } of data.facettes) catalogue.facets.push({ id, titre, url, values: valuesOf(valeurs) });
  for (const name of ["communes", "epci"]) catalogue.located.set(name, valuesOf(data.lieux[name]));
  for (const [day, count] of data.publie) catalogue.published.push(...Array(count).fill(day));
  return catalogue;
}

/**
 * The cards of some sheets, in the order asked for.
 * @param {Catalogue} catalogue
 * @param {number[]} wanted places
 * @returns {Promise<Card[]>}
 */
export function cards(catalogue, wanted) {
  const { lot } = catalogue;
  return Promise.all(
    wanted.map(async (place) => (await fetchJson(`catalogue/${Math.floor(place / lot)}.json`))[place % lot]),
  );
}

/** @typedef {Map<string, Set<string>>} Choices facet → values */

/**
 * The sheets that have, in each facet with choices, one of them. An unknown value is as if it were not chosen.
 * @param {Catalogue} catalogue
 * @param {Choices} choices
 * @param {Uint8Array | null} text 1 for the places that answer the question, if there is one
 * @param {string} [except] a facet whose choices do not count
 */
export function filtered(catalogue, choices, text, except) {
  const kept = text ? Uint8Array.from(text) : new Uint8Array(catalogue.count).fill(1);
  for (const facet of catalogue.facets) {
    const chosen = [...(choices.get(facet.id) ?? [])].filter((id) => facet.values.has(id));
    if (facet.id === except || !chosen.length) continue;
    const any = new Uint8Array(catalogue.count);
    for (const id of chosen) for (const place of facet.values.get(id)?.places ?? []) any[place] = 1;
    for (let place = 0; place < kept.length; place++) kept[place] &= any[place];
  }
  return kept;
}

/** How many of `kept` have a value. @param {Value} value @param {Uint8Array} kept */
export function countOf(value, kept) {
  let count = 0;
  for (const place of value.places) count += kept[place];
  return count;
}

/** The places of a mask. @param {Uint8Array} kept */
export function listed(kept) {
  const found = [];
  for (let place = 0; place < kept.length; place++) if (kept[place]) found.push(place);
  return found;
}
