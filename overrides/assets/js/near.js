// @ts-check
// Likeness between a sheet and the reader's commune. similar.py does the same, and holds the weights: a test compares them.

import { fetchJson } from "./site.js";

/** @typedef {Record<string, string[]>} Profile */
/** @typedef {{score: number, reasons: string[]}} Likeness */

/**
 * @param {import("./communes.js").Commune} commune
 * @param {string} structure id in the vocabulary « types-structure », or nothing
 * @param {string[]} resources ids in the vocabulary « ressources »
 * @returns {Promise<Profile>}
 */
export async function profile(commune, structure, resources) {
  const { departements } = await fetchJson("communes/index.json");
  const [, , region = "", voisins = []] =
    departements.find((/** @type {string[]} */ [code]) => code === commune.departement) ?? [];
  return {
    communes: [commune.code],
    epci: commune.epci ? [commune.epci] : [],
    departements: [commune.departement],
    voisins,
    regions: region ? [region] : [],
    strates: commune.strate ? [commune.strate] : [],
    "types-structure": structure ? [structure] : [],
    ressources: resources,
  };
}

/**
 * Place → likeness, for the sheets that have something in common with the profile.
 * @param {import("./catalogue.js").Catalogue} catalogue
 * @param {Profile} own
 * @returns {Promise<Map<number, Likeness>>}
 */
export async function near(catalogue, own) {
  /** @type {{proche: [string, number, string][]}} */
  const { proche } = await fetchJson("communes/index.json");
  /** @type {Map<number, [string, number, string][]>} */
  const shared = new Map();
  for (const [name, weight, reason] of proche) {
    const column =
      catalogue.located.get(name) ??
      catalogue.facets.find((facet) => facet.id === (name === "voisins" ? "departements" : name))?.values;
    for (const id of own[name] ?? []) {
      const value = column?.get(id);
      for (const place of value?.places ?? []) {
        const found = shared.get(place) ?? [];
        found.push([name, weight, reason.replace("{}", () => value?.label ?? id)]);
        shared.set(place, found);
      }
    }
  }
  /** @type {Map<number, Likeness>} */
  const found = new Map();
  for (const [place, every] of shared) {
    const here = every.some(([name]) => name === "departements");
    const counted = every.filter(([name]) => !here || name !== "voisins").sort((a, b) => b[1] - a[1]);
    found.set(place, {
      score: counted.reduce((sum, [, weight]) => sum + weight, 0),
      reasons: counted.map(([, , reason]) => reason),
    });
  }
  return found;
}
