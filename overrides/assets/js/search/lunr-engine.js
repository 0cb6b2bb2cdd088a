// @ts-check
// lunr, from the compact index that search.py packs: the tables of lunr's own builder are filled in again, and it builds.

import lunr from "../../vendor/lunr.js";
import { postings, titles } from "./packed.js";

/**
 * @param {any} packed recherche/index.json
 * @returns {import("./answer.js").Engine & {index: any}}
 */
export function load(packed) {
  const builder = new lunr.Builder();
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
  const named = titles(packed, packed.fiches);
  const index = builder.build();
  return {
    index,
    title: (place) => named[place],
    matches(word, how) {
      const wildcard = how === "beginning" ? lunr.Query.wildcard.TRAILING : lunr.Query.wildcard.NONE;
      const found = index.query((/** @type {any} */ query) => query.term(word, { usePipeline: false, wildcard }));
      return new Map(found.map((/** @type {any} */ hit) => [Number(hit.ref), hit.score]));
    },
  };
}
