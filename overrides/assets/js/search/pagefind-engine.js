// @ts-check
// Pagefind, over the same stems. Quoted, a word is exact but all results weigh the same; unquoted, they are weighed, but it may
// be taken for a beginning, or cut down until something matches. So both are asked, of the same piece of its index. Beginnings
// are left to the words of the library (search.js).

import { ROOT } from "../site.js";
import { titles } from "./packed.js";

/**
 * @param {any} rules recherche/index.json: `noms` is Pagefind's name for each sheet, in the order of the catalogue
 * @returns {Promise<import("./answer.js").Engine>}
 */
export async function load(rules) {
  const base = `${ROOT}recherche/pagefind/`;
  const pagefind = await import(`${base}pagefind.js`);
  await pagefind.options({ basePath: base, excerptLength: 1 });
  await pagefind.init("xx");
  /** @type {Map<string, number>} */
  const places = new Map(rules.noms.map((/** @type {string} */ name, /** @type {number} */ place) => [name, place]));
  const named = titles(rules, rules.fiches);
  return {
    title: (place) => named[place],
    async matches(word, how) {
      if (how === "beginning") return new Map();
      const exact = await pagefind.search(`"${word}"`);
      /** @type {Map<number, number>} */
      const found = new Map();
      if (!exact.results.length) return found;
      const weighed = await pagefind.search(word);
      const scores = new Map(weighed.results.map((/** @type {any} */ one) => [one.id, one.score]));
      for (const { id } of exact.results) {
        const place = places.get(id);
        if (place !== undefined) found.set(place, scores.get(id) ?? 0);
      }
      return found;
    },
  };
}
