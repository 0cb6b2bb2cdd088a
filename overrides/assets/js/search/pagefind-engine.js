// @ts-check
// Pagefind, over the same stems. In its index each word ends with a sign of its own, so that it stands for itself only and not
// for a beginning. Beginnings are left to the words of the library (search.js). It runs in our worker: in its own, a message for
// each result made common words take a second.

import { ROOT } from "../site.js";

/**
 * @param {any} rules recherche/index.json: `noms` is what Pagefind calls each sheet, in the order of the catalogue, and
 *   `titres` a mark of each title; both in equal pieces
 * @returns {Promise<import("./answer.js").Engine>}
 */
export async function load(rules) {
  const base = `${ROOT}recherche/pagefind/`;
  const pagefind = await import(`${base}pagefind.js`);
  // Each stem stands once in a page, where it weighs most: neither its number nor the length of the page says anything.
  await pagefind.options({ basePath: base, excerptLength: 1, ranking: { pageLength: 0, termFrequency: 0 } });
  await pagefind.init("xx");
  const width = rules.noms.length / rules.fiches;
  /** @type {Map<string, number>} */
  const places = new Map();
  for (let place = 0; place < rules.fiches; place++) places.set(rules.noms.slice(place * width, (place + 1) * width), place);
  /** @type {Map<string, Map<number, number>>} */
  const known = new Map();
  return {
    async matches(word, how) {
      if (how === "beginning") return new Map();
      // Most words of a question were in the one before, a letter ago.
      const before = known.get(word);
      if (before) return before;
      /** @type {Map<number, number>} */
      const found = new Map();
      const { results } = await pagefind.search(word + rules.fin);
      for (const { id, score } of results) {
        const name = id.slice(id.indexOf("_") + 1);
        const place = places.get(name.slice(0, width));
        if (place !== undefined) found.set(place, score);
      }
      if (known.size > 200) known.clear();
      known.set(word, found);
      return found;
    },
    named: (place, stems) => (rules.titres.slice(place * 4, place * 4 + 4) === mark(stems) ? rules.nomme : 1),
  };
}

/** Four hexadecimal digits from stems in any order: FNV-1a, folded to 16 bits. search.py does the same. @param {string[]} stems */
export function mark(stems) {
  let value = 0x811c9dc5;
  for (const sign of [...new Set(stems)].sort().join(" ")) value = Math.imul(value ^ sign.charCodeAt(0), 0x01000193) >>> 0;
  return ((value >>> 16) ^ (value & 0xffff)).toString(16).padStart(4, "0");
}
