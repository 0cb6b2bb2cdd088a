// @ts-check
// The search off the page's thread: typing never waits for it.

import { PATIENCE } from "../site.js";
import { answer } from "./answer.js";

/** @type {any} */
let rules;
/** @type {import("./answer.js").Engine} */
let engine;

self.addEventListener("message", async ({ data: { number, address, question, options } }) => {
  try {
    if (address) {
      const response = await fetch(address, { signal: AbortSignal.timeout(PATIENCE) });
      if (!response.ok) throw new Error(`${address}: ${response.status}`);
      const packed = await response.json();
      const { load } = await (packed.moteur === "pagefind" ? import("./pagefind-engine.js") : import("./lunr-engine.js"));
      engine = await load(packed);
      const { termes, listes, noms, titres, ...rest } = packed;
      rules = rest;
      self.postMessage({ number, result: rules });
    } else {
      self.postMessage({ number, result: await answer(engine, rules, question, options) });
    }
  } catch (error) {
    self.postMessage({ number, error: String(error) });
  }
});
