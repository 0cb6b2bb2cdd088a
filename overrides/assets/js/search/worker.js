// @ts-check
// The search off the page's thread: typing never waits for it.

import { answer } from "./answer.js";
import { load } from "./lunr-engine.js";

/** @type {any} */
let rules;
/** @type {import("./answer.js").Engine} */
let engine;

self.addEventListener("message", async ({ data: { number, address, question, options } }) => {
  try {
    if (address) {
      const response = await fetch(address);
      if (!response.ok) throw new Error(`${address}: ${response.status}`);
      const packed = await response.json();
      rules = packed;
      if (packed.moteur === "lunr") {
        engine = load(packed);
        const { termes, listes, ...rest } = packed;
        rules = rest;
      }
      self.postMessage({ number, result: rules });
    } else {
      self.postMessage({ number, result: await answer(engine, rules, question, options) });
    }
  } catch (error) {
    self.postMessage({ number, error: String(error) });
  }
});
