// @ts-check
// The rows of a worksheet, as they are kept: a change touches only its cell or its row, so that two tabs merge.

import { read, update } from "./store.js";

/** @typedef {{id: string, c: string[], reste?: Record<string, string>}} Row `reste`: what was written in columns that are no more */
/** @typedef {{v: 1, colonnes: string[], lignes: Row[], total?: string, le?: string}} Kept `total`: the cost to cover, as typed; `le`: day of the last change */
/** @typedef {{id: string, titre: string, colonnes: [string, string, string][], lignes: string[], vides: number, exemples: {titre: string, adresse: string, lignes: (string | null)[][]}[]}} Worksheet */

/** Rows and letters, at most: an import may be hostile. */
export const MOST = 2000;
export const LONGEST = 5000;

const fresh = () => Math.random().toString(36).slice(2, 10);

/** @param {string[]} cells @param {number} width @param {Record<string, string>} [reste] @returns {Row} */
export function row(cells, width, reste) {
  const c = Array.from({ length: width }, (_, place) => String(cells[place] ?? "").slice(0, LONGEST));
  return { id: fresh(), c, ...(reste && Object.keys(reste).length ? { reste } : {}) };
}

/** The worksheet as it is published: its own lines, then empty ones. @param {Worksheet} sheet @returns {Row[]} */
export function blank({ colonnes, lignes, vides }) {
  return [...lignes.map((line) => row([line], colonnes.length)), ...Array.from({ length: vides }, () => row([], colonnes.length))];
}

/**
 * What is kept, fitted to the columns of today: a column keeps its texts by its title, and what has no column any more stays aside.
 * @param {any} value @param {Worksheet} sheet @returns {Kept | null}
 */
export function fitted(value, { colonnes }) {
  if (!value || !Array.isArray(value.lignes) || !Array.isArray(value.colonnes)) return null;
  const titles = colonnes.map(([titre]) => titre);
  const ids = new Set();
  const rows = value.lignes
    .filter((/** @type {any} */ one) => typeof one?.id === "string" && Array.isArray(one.c) && !ids.has(one.id) && ids.add(one.id))
    .slice(0, MOST)
    .map((/** @type {any} */ one) => ({ ...one, c: one.c.map((/** @type {any} */ cell) => (typeof cell === "string" ? cell : "")) }));
  const same = value.colonnes.length === titles.length && titles.every((titre, place) => value.colonnes[place] === titre);
  const lignes = same ? rows.map((/** @type {Row} */ one) => ({ ...one, c: titles.map((_, place) => String(one.c[place] ?? "")) })) : rows.map((/** @type {Row} */ one) => {
    /** @type {Record<string, string>} */
    const reste = { ...one.reste };
    value.colonnes.forEach((/** @type {string} */ titre, /** @type {number} */ place) => {
      if (!titles.includes(titre) && one.c[place]) reste[titre] = String(one.c[place]);
    });
    const c = titles.map((titre) => String(one.c[value.colonnes.indexOf(titre)] ?? one.reste?.[titre] ?? ""));
    for (const titre of titles) delete reste[titre];
    return { id: one.id, c, ...(Object.keys(reste).length ? { reste } : {}) };
  }); // prettier-ignore
  return { v: 1, colonnes: titles, lignes, ...(typeof value.total === "string" ? { total: value.total } : {}), ...(typeof value.le === "string" ? { le: value.le } : {}) };
}

/** @param {Worksheet} sheet */
export function kept(sheet) {
  const name = `outil-${sheet.id}`;
  /** @param {(rows: Row[]) => Row[]} change @param {Partial<Kept>} [more] */
  const put = (change, more = {}) => update(name, (value) => {
    const before = fitted(value, sheet) ?? { v: 1, colonnes: sheet.colonnes.map(([titre]) => titre), lignes: first };
    return { ...before, lignes: change(before.lignes), le: new Date().toISOString().slice(0, 10), ...more };
  }); // prettier-ignore
  // Until something is written, nothing is kept: the same blank rows all along.
  const first = blank(sheet);
  return {
    name,
    /** @returns {Kept} */
    get: () => fitted(read(name), sheet) ?? { v: 1, colonnes: sheet.colonnes.map(([titre]) => titre), lignes: first },
    begun: () => read(name) !== null,
    /** @param {string} id @param {number} column @param {string} text */
    cell: (id, column, text) => put((rows) => rows.map((one) => (one.id === id ? { ...one, c: one.c.map((old, place) => (place === column ? text.slice(0, LONGEST) : old)) } : one))),
    /** @param {Row} [one] */
    add: (one = row([], sheet.colonnes.length)) => {
      put((rows) => [...rows, one]);
      return one.id;
    },
    /** @param {Row} one @param {number} at */
    insert: (one, at) => put((rows) => (rows.some(({ id }) => id === one.id) ? rows : [...rows.slice(0, at), one, ...rows.slice(at)])),
    /** @param {string} id */
    remove: (id) => put((rows) => rows.filter((one) => one.id !== id)),
    /** @param {string} id @param {number} step */
    move: (id, step) => put((rows) => {
      const from = rows.findIndex((one) => one.id === id);
      const to = from + step;
      if (from < 0 || to < 0 || to >= rows.length) return rows;
      const next = [...rows];
      next.splice(to, 0, ...next.splice(from, 1));
      return next;
    }), // prettier-ignore
    /** @param {Row[]} rows @param {Partial<Kept>} [more] */
    replace: (rows, more) => put(() => rows, more),
    /** @param {string} total */
    total: (total) => put((rows) => rows, { total }),
    /** @param {any} value as it stood */
    restore: (value) => update(name, () => value),
  };
}

/** @typedef {ReturnType<typeof kept>} Store */

/** An amount as people write it, in euros; null for an empty or untold one, NaN for what is none. @param {string} text */
export function amount(text) {
  const tight = text.replace(/[\s\u00a0\u202f€]/g, "");
  // 1.500 is a thousand and a half to who writes French.
  const bare = (/^-?\d{1,3}(\.\d{3})+(,\d+)?$/.test(tight) ? tight.replaceAll(".", "") : tight).replace(",", ".");
  if (!bare || /^noncommuniqu/i.test(bare)) return null;
  return /^-?\d+(\.\d+)?$/.test(bare) ? Number(bare) : NaN;
}

/** A step of a scale, 0 to 4; null when there is none. @param {string} text */
export function step(text) {
  return /^[0-4]$/.test(text.trim()) ? Number(text) : null;
}
