// @ts-check
// A text as the index knows it. words.py and search.py do the same: a test compares them.

import FrenchStemmer from "../../vendor/french-stemmer.js";

const stemmer = new FrenchStemmer();
/** @type {Map<string, string>} */
const known = new Map();

/** Words of ASCII letters and digits, one space between. @param {string} text */
export function fold(text) {
  return text
    .toLowerCase()
    .replaceAll("ß", "ss")
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/g, "")
    .replaceAll("œ", "oe")
    .replaceAll("æ", "ae")
    .replace(/[^a-z0-9]+/g, " ")
    .trim();
}

/** The stem of a folded word. @param {string} word */
export function stem(word) {
  let found = known.get(word);
  if (found === undefined) {
    // Snowball leaves some plurals in -us and -is alone.
    found = stemmer.stemWord(word).replace(/([a-z][aeiou])s$/, "$1");
    if (known.size < 50_000) known.set(word, found);
  }
  return found;
}

/**
 * The words of a question that say something: [as typed but folded, stem], each stem once.
 * @param {string} question
 * @param {{mots_vides: string, caracteres: number, mots: number}} rules
 * @returns {[string, string][]}
 */
export function wordsOf(question, rules) {
  const empty = new Set(rules.mots_vides.split(" "));
  // A character may take two places in a JavaScript text.
  const start = [...question.slice(0, rules.caracteres * 2)].slice(0, rules.caracteres).join("");
  const words = fold(start).split(" ").filter(Boolean).slice(0, rules.mots);
  const telling = words.filter((word) => !empty.has(word));
  /** @type {Map<string, string>} */
  const found = new Map();
  for (const word of telling.length ? telling : words) {
    if (!found.has(stem(word))) found.set(stem(word), word);
  }
  return [...found].map(([stemmed, word]) => [word, stemmed]);
}
