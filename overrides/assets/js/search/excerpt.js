// @ts-check
// The words of a question, marked in a text. Texts are contributed: they go in as text nodes, never as HTML.

import { fold, stem } from "./words.js";

const WORD = /[\p{L}\p{N}]+/gu;
const LONG = 220;

/** @typedef {{words: string[], beginnings: string[]}} Looked what was looked for: stems */

/** @param {string} word @param {Looked} looked @returns {string | null} the stem that it matches */
function matched(word, looked) {
  for (const part of fold(word).split(" ")) {
    const stemmed = part && stem(part);
    if (!stemmed) continue;
    if (looked.words.includes(stemmed)) return stemmed;
    const start = looked.beginnings.find((beginning) => stemmed.startsWith(beginning) || part.startsWith(beginning));
    if (start) return start;
  }
  return null;
}

/** The text with its matching words in <mark>. @param {string} text @param {Looked} looked */
export function marked(text, looked) {
  const fragment = document.createDocumentFragment();
  let from = 0;
  if (looked.words.length) {
    for (const found of text.matchAll(WORD)) {
      if (!matched(found[0], looked)) continue;
      const mark = document.createElement("mark");
      mark.textContent = found[0];
      fragment.append(text.slice(from, found.index), mark);
      from = found.index + found[0].length;
    }
  }
  fragment.append(text.slice(from));
  return fragment;
}

/** The different stems of the question in a text. @param {string} text @param {Looked} looked */
export function held(text, looked) {
  const found = new Set();
  for (const [word] of text.matchAll(WORD)) {
    const stemmed = matched(word, looked);
    if (stemmed) found.add(stemmed);
  }
  return found;
}

/**
 * The part of a sheet that says most of the question, and a cut of its text around the first match.
 * @param {[string, string, string][]} sections [anchor, heading, text]
 * @param {Looked} looked
 * @returns {{anchor: string, heading: string, text: string} | null}
 */
export function excerpt(sections, looked) {
  let best = null;
  let most = 0;
  for (const section of sections) {
    const count = held(`${section[1]} ${section[2]}`, looked).size;
    if (count > most) [best, most] = [section, count];
  }
  if (!best) return null;
  const [anchor, heading, text] = best;
  let first = 0;
  for (const found of text.matchAll(WORD)) {
    if (matched(found[0], looked)) {
      first = found.index;
      break;
    }
  }
  let start = Math.max(0, first - 70);
  if (start > 0) start = text.indexOf(" ", start) + 1;
  let end = Math.min(text.length, start + LONG);
  if (end < text.length) end = Math.max(text.lastIndexOf(" ", end), first + 1);
  return { anchor, heading, text: (start > 0 ? "… " : "") + text.slice(start, end) + (end < text.length ? "…" : "") };
}
