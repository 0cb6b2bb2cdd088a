// @ts-check
// The word of the library that a misspelt one is nearest to.

import { fold } from "./words.js";

/**
 * Changes of a letter (added, left out, replaced, two swapped) from one word to another; stops counting above `most`.
 * @param {string} a
 * @param {string} b
 * @param {number} most
 */
export function distance(a, b, most) {
  if (Math.abs(a.length - b.length) > most) return most + 1;
  /** @type {number[]} */
  let before = [];
  let row = Array.from({ length: b.length + 1 }, (_, place) => place);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) least = Math.min(least, before[j - 2] + 1);
      next.push(least);
    }
    if (Math.min(...next) > most) return most + 1;
    before = row;
    row = next;
  }
  return row[b.length];
}

/**
 * @param {string} word folded
 * @param {string[]} words of the library, as they are written
 * @returns {string | null} null when none is near
 */
export function guess(word, words) {
  if (word.length < 4 || word.length > 40) return null;
  let least = word.length < 6 ? 2 : 3; // at most one change in a short word, two in a longer one
  let best = null;
  for (const candidate of words) {
    const changes = distance(word, fold(candidate), least - 1);
    if (changes < least) {
      least = changes;
      best = candidate;
    }
  }
  return best;
}
