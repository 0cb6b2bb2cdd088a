// @ts-check
// The one function that everything searches with. Nothing is fetched before its first call.

import { fetchJson, ROOT } from "../site.js";
import { guess } from "./spelling.js";
import { fold, stem } from "./words.js";

/** @typedef {import("./answer.js").Answer & {proposal: string | null, texts: boolean}} Found `proposal`: the question, better spelt; `texts`: whether texts are searched, not only what heads and files them */

/** @type {Promise<{rules: any, ask: (question: string, options: any) => Promise<import("./answer.js").Answer>}> | null} */
let started = null;

/** In the page itself: for a browser without such workers, and for the archive. */
async function here() {
  const [rules, { answer }, { load }] = await Promise.all([fetchJson("recherche/index.json"), import("./answer.js"), import("./lunr-engine.js")]);
  if (rules.moteur !== "lunr") throw new Error(rules.moteur);
  const engine = load(rules);
  return { rules, ask: async (/** @type {string} */ question, /** @type {any} */ options) => answer(engine, rules, question, options) };
}

function away() {
  const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
  /** @type {Map<number, {resolve: (value: any) => void, reject: (reason: any) => void}>} */
  const waiting = new Map();
  let number = 0;
  worker.addEventListener("message", ({ data }) => {
    const promise = waiting.get(data.number);
    waiting.delete(data.number);
    if (data.error) promise?.reject(new Error(data.error));
    else promise?.resolve(data.result);
  });
  worker.addEventListener("error", () => {
    for (const promise of waiting.values()) promise.reject(new Error("worker"));
    waiting.clear();
  });
  /** @param {object} message */
  const call = (message) =>
    new Promise((resolve, reject) => {
      waiting.set(++number, { resolve, reject });
      worker.postMessage({ number, ...message });
    });
  return call({ address: `${ROOT}recherche/index.json` }).then((rules) => ({
    rules,
    /** @param {string} question @param {object} options */
    ask: (question, options) => call({ question, options }),
  }));
}

/** The engine, ready. Rejects when its index is missing or broken; the next call tries again. */
export function ready() {
  if (!started) {
    started = (ROOT.startsWith("http") ? Promise.resolve().then(away) : Promise.reject(new Error("no worker"))).catch(here);
    started.catch(() => (started = null));
  }
  return started;
}

/**
 * The sheets that answer a question: any text is only words.
 * @param {string} question
 * @param {{typing?: boolean}} [options]
 * @returns {Promise<Found>}
 */
export async function search(question, options = {}) {
  const { ask, rules } = await ready();
  let found = await ask(question, options);
  let proposal = null;
  if (found.unknown.length) {
    // A small file, asked for only now. Without it, there is no proposal.
    const words = await fetchJson("recherche/mots.json").catch(() => []);
    const folded = fold(question);
    /** @type {Record<string, string[]>} */
    const instead = {};
    /** @type {Map<string, string>} */
    const better = new Map();
    for (const word of found.unknown) {
      // « restauratio » : the word goes on in a way that its stem does not show.
      const longer = folded.endsWith(word) ? words.filter((/** @type {string} */ one) => fold(one).startsWith(word)) : [];
      longer.sort((/** @type {string} */ a, /** @type {string} */ b) => a.length - b.length);
      if (longer.length) instead[stem(word)] = [...new Set(longer.map((/** @type {string} */ one) => stem(fold(one))))].slice(0, 8);
      else {
        const near = guess(word, words);
        if (near) better.set(word, near);
      }
    }
    if (Object.keys(instead).length) found = await ask(question, { ...options, instead });
    if (better.size) proposal = folded.split(" ").slice(0, 40).map((word) => better.get(word) ?? word).join(" ");
  }
  return { ...found, proposal, texts: rules.texte };
}
