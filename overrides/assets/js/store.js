// @ts-check
// What a reader keeps: in this browser, and nowhere else. When it refuses, or is full, work goes on until the page is left.

import { el } from "./site.js";

const PREFIX = "essaim-";

/** What the browser would not keep: name → text. @type {Map<string, string>} */
const unkept = new Map();

/**
 * What was kept under a name, or null. What can't be read is as if it were not there.
 * @param {string} name
 * @returns {any}
 */
export function read(name) {
  try {
    return JSON.parse(unkept.get(name) ?? localStorage.getItem(PREFIX + name) ?? "null");
  } catch {
    return null;
  }
}

/**
 * Changes what is kept. `change` is given what stands there now, which another tab may have written: a change touches only what
 * it is about, so that two tabs do not undo each other's work.
 * @template T
 * @param {string} name
 * @param {(value: any) => T} change
 * @returns {T}
 */
export function update(name, change) {
  const value = change(read(name));
  const text = JSON.stringify(value);
  try {
    localStorage.setItem(PREFIX + name, text);
    unkept.delete(name);
    if (!unkept.size) document.querySelector("[data-unkept]")?.remove();
  } catch {
    unkept.set(name, text);
    warn();
  }
  told(name);
  return value;
}

/** @param {string} name */
export function erase(name) {
  unkept.delete(name);
  try {
    localStorage.removeItem(PREFIX + name);
  } catch {
    // There was nothing.
  }
  told(name);
}

/** Names of what is kept that begin so. @param {string} start @returns {string[]} */
export function names(start = "") {
  const found = new Set(unkept.keys());
  try {
    for (let place = 0; place < localStorage.length; place++) {
      const key = localStorage.key(place) ?? "";
      if (key.startsWith(PREFIX)) found.add(key.slice(PREFIX.length));
    }
  } catch {
    // Storage is refused: what this page holds.
  }
  return [...found].filter((name) => name.startsWith(start)).sort();
}

/** @type {Map<string, Set<() => void>>} */
const listeners = new Map();

/** Calls `heard` when it changes, here or in another tab. @param {string} name @param {() => void} heard */
export function watch(name, heard) {
  const known = listeners.get(name) ?? new Set();
  listeners.set(name, known.add(heard));
}

/** Calls `heard` when anything changes. @param {() => void} heard */
export const watchAll = (heard) => watch("", heard);

/** @param {string} name */
function told(name) {
  for (const one of new Set([name, ""])) for (const heard of listeners.get(one) ?? []) heard();
}

window.addEventListener("storage", ({ key }) => {
  // null: everything was erased.
  if (key === null) for (const name of listeners.keys()) told(name);
  else if (key.startsWith(PREFIX)) told(key.slice(PREFIX.length));
});

function warn() {
  if (document.querySelector("[data-unkept]")) return;
  document.getElementById("fiche-contenu")?.prepend(
    el("p", { class: "banner", role: "alert", "data-unkept": true }, el("strong", {}, "Ce navigateur ne garde pas ce que vous écrivez"),
      " (navigation privée, réglage, ou mémoire pleine). Vous pouvez continuer : tout reste jusqu’à ce que vous quittiez cette page. Exportez ou imprimez avant."),
  ); // prettier-ignore
}

addEventListener("beforeunload", (event) => {
  if (unkept.size) event.preventDefault();
});
