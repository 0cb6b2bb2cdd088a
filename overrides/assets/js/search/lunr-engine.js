// @ts-check
// lunr, from the compact index that search.py packs: the tables of lunr's own builder are filled in again, and it builds.

import lunr from "../../vendor/lunr.js";

/**
 * @param {any} packed recherche/index.json
 * @returns {import("./answer.js").Engine & {index: any}}
 */
export function load(packed) {
  const { Builder, Query } = /** @type {any} */ (lunr);
  const builder = new Builder();
  builder.ref("n");
  /** @type {string[]} */
  const terms = packed.termes.split(" ");
  for (const [number, term] of terms.entries()) {
    builder.invertedIndex[term] = Object.assign(Object.create(null), { _index: number });
  }
  builder.termIndex = terms.length;
  builder.documentCount = packed.fiches;
  for (let place = 0; place < packed.fiches; place++) builder._documents[place] = {};
  for (const [name, boost] of packed.champs) {
    builder.field(name, { boost });
    for (const term of terms) builder.invertedIndex[term][name] = Object.create(null);
    for (let place = 0; place < packed.fiches; place++) {
      builder.fieldLengths[`${name}/${place}`] = 0;
      builder.fieldTermFrequencies[`${name}/${place}`] = Object.create(null);
    }
    postings(packed, name, (term, place, times) => {
      builder.invertedIndex[term][name][place] = Object.create(null);
      builder.fieldTermFrequencies[`${name}/${place}`][term] = times;
      builder.fieldLengths[`${name}/${place}`] += times;
    });
  }
  /** @type {Set<string>[]} */
  const titles = Array.from({ length: packed.fiches }, () => new Set());
  postings(packed, "titre", (term, place) => titles[place].add(term));
  const index = builder.build();
  return {
    index,
    // What the question says of the title: all of it, or a part.
    named(place, stems) {
      const title = titles[place];
      if (!stems.every((stem) => title.has(stem))) return 1;
      return title.size === stems.length ? packed.nomme : 1 + stems.length / title.size;
    },
    matches(word, how) {
      const wildcard = how === "beginning" ? Query.wildcard.TRAILING : Query.wildcard.NONE;
      const found = index.query((/** @type {any} */ query) => query.term(word, { usePipeline: false, wildcard }));
      return new Map(found.map((/** @type {any} */ hit) => [Number(hit.ref), hit.score]));
    },
  };
}

/**
 * Calls `each(term, place, times)` for each word of each sheet in a field.
 * @param {{termes: string, listes: Record<string, string>}} packed
 * @param {string} field
 * @param {(term: string, place: number, times: number) => void} each
 */
function postings(packed, field, each) {
  const terms = packed.termes.split(" ");
  for (const [number, row] of packed.listes[field].split(";").entries()) {
    if (!row) continue;
    let place = 0;
    for (const posting of row.split(",")) {
      const [step, times = 1] = posting.split("*").map(Number);
      place += step;
      each(terms[number], place, times);
    }
  }
}
