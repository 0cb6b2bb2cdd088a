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

/**
 * The communes that a text begins: the same name first, then the shortest.
 * @param {string} text a name, or the first digits of a code
 * @param {number} limit
 * @returns {Promise<Commune[]>}
 */
export async function find(text, limit = 6) {
  const folded = fold(text.slice(0, 100)).replaceAll(" ", "");
  if (/^(\d|2[ab]\d)/.test(folded)) {
    if (folded.length < 3) return [];
    const rows = await beginning(folded.slice(0, 2));
    const found = rows.filter((one) => one.code.toLowerCase().startsWith(folded) || ` ${one.postaux}`.includes(` ${folded}`));
    return found.slice(0, limit * 10); // one postcode may be that of forty communes
  }
  const key = letters(text.slice(0, 100));
  if (!key) return [];
  const rows = (await beginning(key.slice(0, 2))).filter((one) => letters(one.nom).startsWith(key));
  rows.sort((a, b) => letters(a.nom).length - letters(b.nom).length || a.code.localeCompare(b.code));
  // « saint x » before « x », when she typed it.
  const typed = fold(text);
  rows.sort((a, b) => Number(fold(b.nom) === typed) - Number(fold(a.nom) === typed));
  return rows.slice(0, limit);
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
