// @ts-check
// The explorer. Without this script its page is a list of links; when its data is missing, it stays that list, and says so.

import { outline } from "./catalogue.js";
import { plain, read } from "./state.js";

/**
 * The answer to a question alone, before the catalogue is there: on a weak network it is what she waits for.
 * @param {HTMLElement} results
 * @param {HTMLElement} total
 */
async function early(results, total) {
  const q = plain(location.search);
  if (!q) return;
  const [{ announce, ask, groups }, { ready }] = await Promise.all([import("./views.js"), import("./search/search.js")]);
  const { found } = await ask(q);
  if (!found?.hits.length) return;
  const { rules } = await ready();
  const state = { ...read("", outline(rules)), q };
  const order = found.hits.map(([place]) => place);
  results.replaceChildren(...(await groups({ catalogue: outline(rules), state, found, likeness: new Map(), order, go: async () => {} })));
  announce(total, order.length);
}

/** @param {HTMLElement} root */
async function start(root) {
  const results = /** @type {HTMLElement} */ (root.querySelector("[data-results]"));
  const fixed = [...results.childNodes];
  await early(results, /** @type {HTMLElement} */ (root.querySelector("[role=status]"))).catch(() => {});
  const live = await import("./live.js");
  await live.start(root, fixed);
}

const root = document.querySelector("[data-explorer]");
if (root instanceof HTMLElement) void start(root);
