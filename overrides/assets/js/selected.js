// @ts-check
// The sheets that a reader keeps: « Ma sélection ». Ids are the sheets' own, so that a link shares them.

import { href } from "./site.js";
import { read, update, watch } from "./store.js";

/** @typedef {{id: string, titre: string, note?: string}} Kept `titre`: what to call it when its facts do not load */

const NAME = "selection";
/** Sheets in a link, or kept. */
export const MOST = 100;
/** Sheets side by side, or in a note. */
export const TOGETHER = 4;
const ID = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;

/** @param {any} value @returns {Kept[]} */
function valid(value) {
  if (!Array.isArray(value)) return [];
  const known = new Set();
  return value.filter((one) => {
    const right = typeof one?.id === "string" && ID.test(one.id) && typeof one.titre === "string" && ["string", "undefined"].includes(typeof one.note) && !known.has(one.id);
    if (right) known.add(one.id);
    return right;
  });
}

/** @returns {Kept[]} */
export const list = () => valid(read(NAME));

/** @param {string} id */
export const has = (id) => list().some((one) => one.id === id);

/** Adds what is not there yet. Returns how many found no room. @param {Kept[]} items @param {number} [at] */
export function add(items, at) {
  let refused = 0;
  update(NAME, (value) => {
    const kept = valid(value);
    const fresh = items.filter(({ id }) => ID.test(id) && !kept.some((one) => one.id === id));
    const room = fresh.slice(0, Math.max(0, MOST - kept.length));
    refused = fresh.length - room.length;
    kept.splice(at ?? kept.length, 0, ...room);
    return kept;
  });
  return refused;
}

/** @param {string} id */
export function remove(id) {
  update(NAME, (value) => valid(value).filter((one) => one.id !== id));
}

/** @param {string} id @param {number} step -1 or 1 */
export function move(id, step) {
  update(NAME, (value) => {
    const kept = valid(value);
    const from = kept.findIndex((one) => one.id === id);
    const to = from + step;
    if (from < 0 || to < 0 || to >= kept.length) return kept;
    kept.splice(to, 0, ...kept.splice(from, 1));
    return kept;
  });
}

/** @param {string} id @param {string} note */
export function annotate(id, note) {
  update(NAME, (value) => valid(value).map((one) => (one.id === id ? { ...one, note } : one)));
}

/** @param {Kept[]} items */
export function replace(items) {
  update(NAME, () => valid(items));
}

/** @param {() => void} heard */
export const changed = (heard) => watch(NAME, heard);

/** The ids of an address, `?f=archer,smicval`, each once. @param {string} query @param {number} most */
export function asked(query, most) {
  const ids = (new URLSearchParams(query).get("f") ?? "").slice(0, 20_000).split(",").map((one) => one.trim().toLowerCase());
  const known = [...new Set(ids.filter((one) => one.length <= 80 && ID.test(one)))];
  return { ids: known.slice(0, most), over: known.slice(most), odd: ids.filter((one) => one && !ID.test(one)).map((one) => one.slice(0, 60)) };
}

/** @param {"selection" | "comparer" | "note"} page @param {string[]} ids */
export function link(page, ids) {
  return href(`${page}/?f=${ids.join(",")}`);
}
