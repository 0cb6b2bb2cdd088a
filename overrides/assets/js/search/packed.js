// @ts-check
// The lists of the compact index that search.py packs.

/**
 * Calls `each(term, place, times)` for each word of each sheet in a field.
 * @param {{termes: string, listes: Record<string, string>}} packed
 * @param {string} field
 * @param {(term: string, place: number, times: number) => void} each
 */
export function postings(packed, field, each) {
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

/** Place → the stems of its title. @param {any} packed @param {number} count */
export function titles(packed, count) {
  const found = Array.from({ length: count }, () => new Set());
  postings(packed, "titre", (term, place) => found[place].add(term));
  return found;
}
