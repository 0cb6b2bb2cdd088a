// @ts-check
// Communes by name, postcode or INSEE code.

import { fold } from "./search/words.js";
import { fetchJson } from "./site.js";

/** @typedef {{code: string, nom: string, departement: string, epci: string, strate: string, postaux: string}} Commune */

/** What a commune is looked up by. communes.py does the same. @param {string} name */
export function letters(name) {
  return fold(name)
    .replace(/^(?:les?|la|l) (?=.)/, "")
    .replace(/^(?:st|ste|saint|sainte|saints|saintes) (?=.)/, "")
    .replaceAll(" ", "");
}

/** @param {string} prefix @returns {Promise<Commune[]>} */
async function beginning(prefix) {
  const known = await fetchJson("communes/index.json");
  if (!known.debuts.split(" ").includes(prefix)) return [];
  const rows = await fetchJson(`communes/${prefix}.json`);
  return rows.map((/** @type {string[]} */ [code, nom, departement, epci, strate, postaux]) => ({
    code, nom, departement, epci, strate, postaux,
  })); // prettier-ignore
}

const CODE = /^(?:\d{2,5}|2[ab]\d{0,3})$/;

/**
 * The communes that a text begins: the same name first, then the shortest. « Figeac (Lot) », « 46100 Figeac » and
 * « sainte colombe gironde » are understood; one postcode may be that of forty communes, one name that of twenty.
 * @param {string} text
 * @param {number} limit
 * @returns {Promise<Commune[]>}
 */
export async function find(text, limit = 50) {
  const words = fold(text.slice(0, 100)).split(" ").filter(Boolean);
  const codes = words.filter((word) => CODE.test(word));
  const names = words.filter((word) => !CODE.test(word));
  /** @param {Commune} one */
  const coded = (one) => codes.every((code) => one.code.toLowerCase().startsWith(code) || ` ${one.postaux}`.includes(` ${code}`));
  if (!names.length) {
    if (!codes.length || codes[0].length < 3) return [];
    return (await beginning(codes[0].slice(0, 2))).filter(coded).slice(0, limit);
  }
  // The last words may be those of a département.
  for (let used = names.length; used > 0; used--) {
    const name = names.slice(0, used).join(" ");
    const where = names.slice(used).join(" ");
    const key = letters(name);
    if (!key) continue;
    let rows = (await beginning(key.slice(0, 2))).filter((one) => letters(one.nom).startsWith(key));
    if (where) {
      const { departements } = await fetchJson("communes/index.json");
      const there = new Set(departements.filter((/** @type {string[]} */ [, nom]) => fold(nom).startsWith(where)).map((/** @type {string[]} */ [code]) => code));
      rows = rows.filter((one) => there.has(one.departement));
    }
    if (rows.some(coded)) rows = rows.filter(coded);
    if (!rows.length) continue;
    const same = (/** @type {Commune} */ one) => Number(fold(one.nom) === name);
    rows.sort((a, b) => same(b) - same(a) || letters(a.nom).length - letters(b.nom).length || a.code.localeCompare(b.code));
    return rows.slice(0, Math.min(limit, Math.max(8, rows.filter(same).length)));
  }
  return [];
}

/** @param {string} code INSEE @returns {Promise<Commune | null>} */
export async function byCode(code) {
  if (!/^[0-9AB]{5}$/i.test(code)) return null;
  const rows = await beginning(code.slice(0, 2).toLowerCase());
  return rows.find((one) => one.code.toLowerCase() === code.toLowerCase()) ?? null;
}

/** The département's name, for telling homonyms apart. @param {Commune} commune */
export async function departementOf(commune) {
  const { departements } = await fetchJson("communes/index.json");
  return departements.find((/** @type {string[]} */ [code]) => code === commune.departement)?.[1] ?? "";
}
