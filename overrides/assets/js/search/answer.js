// @ts-check
// What answers a question, whichever engine looks the words up. search.py does the same: a test compares them.

import { wordsOf } from "./words.js";

/**
 * @typedef {object} Engine
 * @property {(word: string, how: "word" | "beginning") => Promise<Map<number, number>> | Map<number, number>} matches
 *   place of a sheet → score, for a stem or for all that begins so
 * @property {(place: number, stems: string[]) => number} named how many times more a sheet counts when the question says its title
 *
 * @typedef {object} Answer
 * @property {[number, number][]} hits [place, score], the best first
 * @property {string[]} words stems that were looked for
 * @property {string[]} beginnings words as typed (folded) that may go on
 * @property {string[]} unknown words as typed (folded) that stand in no sheet
 * @property {boolean} all whether the hits have all the words
 */

/**
 * @param {Engine} engine
 * @param {any} rules recherche/index.json
 * @param {string} question
 * @param {{typing?: boolean, instead?: Record<string, string[]>}} [options] `typing`: the last word may go on even when it is
 *   one already; `instead`: stems to look for in the place of one that is unknown
 * @returns {Promise<Answer>}
 */
export async function answer(engine, rules, question, { typing = false, instead = {} } = {}) {
  const wanted = wordsOf(question, rules);
  // Words that the engine does not look for in texts: they help, but a sheet need not have them.
  const common = new Set(rules.courants?.split(" "));
  const required = new Set(wanted.map(([, stem]) => stem).filter((stem) => !common.has(stem)));
  /** @type {Map<number, number>} */
  const scores = new Map();
  /** @type {Map<number, number>} */
  const held = new Map();
  /** @type {Answer} */
  const found = { hits: [], words: [], beginnings: [], unknown: [], all: true };
  for (const [number, [typed, stem]] of wanted.entries()) {
    const last = number === wanted.length - 1;
    let match = await engine.matches(stem, "word");
    if (!match.size && Object.hasOwn(instead, stem)) {
      match = new Map();
      for (const other of instead[stem]) {
        for (const [place, score] of await engine.matches(other, "word")) {
          match.set(place, Math.max(match.get(place) ?? 0, score * rules.prefixe));
        }
        found.words.push(other);
      }
    } else if (last && (typing || !match.size)) {
      const whole = match;
      match = new Map();
      for (const [place, score] of await engine.matches(typed, "beginning")) match.set(place, score * rules.prefixe);
      if (match.size) found.beginnings.push(typed);
      for (const [place, score] of whole) match.set(place, score);
    }
    if (!match.size && !common.has(stem)) found.unknown.push(typed);
    found.words.push(stem);
    for (const [place, score] of match) {
      scores.set(place, (scores.get(place) ?? 0) + score);
      held.set(place, (held.get(place) ?? 0) + (required.has(stem) ? 1 : 0));
    }
  }
  let most = 0;
  for (const count of held.values()) most = Math.max(most, count);
  found.all = most === required.size;
  const stems = wanted.map(([, stem]) => stem);
  for (const [place, count] of held) {
    if (count === most) found.hits.push([place, (scores.get(place) ?? 0) * engine.named(place, stems)]);
  }
  found.hits.sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  return found;
}
