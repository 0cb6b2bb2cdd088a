// @ts-check
// The web form: Decap CMS, told of our sheets. Everything about fields comes from config.json, which is read off the model.

import { read, write } from "./front.js";
import { place } from "./identity.js";
import { register as registerLists } from "./lists.js";
import { watch } from "./names.js";
import { ANOTHER, register as registerPhrases } from "./phrases.js";
import { watch as watchPlaces } from "./places.js";
import { preview, styles } from "./preview.js";
import { follow, watch as watchRefusals } from "./refusal.js";
import { register as registerWidgets, remember } from "./widgets.js";

/** Decap CMS has no types. @type {any} */
const page = globalThis;

/** Decap CMS starts by itself unless told not to. @returns {Promise<any>} */
function decap() {
  page.CMS_MANUAL_INIT = true;
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = new URL("decap-cms.js", import.meta.url).href;
    script.onload = () => resolve(page.CMS);
    script.onerror = () => reject(new Error("decap-cms.js"));
    document.head.append(script);
  });
}

/**
 * Lists of values stand once in config.json; fields name them. « ? » adds the words for a fact that nobody gave.
 * @param {any} field
 * @param {Record<string, {label: string, value: string}[]>} lists
 */
function filled(field, lists) {
  if (typeof field.options === "string") {
    const name = field.options.replace(/\?$/, "");
    const unknown = name === field.options ? [] : [{ label: "non communiqué", value: "non communiqué" }];
    field.options = [...(lists[name] ?? []), ...unknown];
  }
  for (const one of field.fields ?? (field.field ? [field.field] : [])) filled(one, lists);
}

/** @param {string} message */
function say(message) {
  const status = document.querySelector("#attente [role=status]");
  if (status) status.textContent = message;
}

/** Whether decap-server answers, when it is what writes the files. @param {any} backend of Decap's settings */
async function answers(backend) {
  if (backend.name !== "proxy") return true;
  const asked = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ action: "info" }) };
  return fetch(backend.proxy_url, asked).then(
    (answer) => answer.ok,
    () => false,
  );
}

async function start() {
  const url = new URL("config.json", import.meta.url);
  const config = await fetch(url, { cache: "no-cache" }).then((answer) => answer.json());
  if (!(await answers(config.cms.backend))) {
    say("Le formulaire a besoin de make formulaire : ce qui écrit vos fiches ne répond pas. Arrêtez le site (Ctrl+C dans son terminal), lancez make formulaire, puis rechargez cette page.");
    return;
  }
  const CMS = await decap();
  for (const collection of config.cms.collections) {
    for (const field of collection.fields) filled(field, config.listes);
    const fields = config.sortes[collection.name];
    CMS.registerCustomFormat(collection.format, "md", {
      fromFile: (/** @type {string} */ text) => read(text, fields),
      toFile: (/** @type {Record<string, any>} */ data) => write(data, fields),
    });
    CMS.registerPreviewTemplate(collection.name, preview(CMS, collection, fields, config.listes));
  }
  for (const style of styles) CMS.registerPreviewStyle(style);
  registerWidgets(CMS);
  registerLists(CMS);
  registerPhrases(CMS, config.cms.backend.name === "proxy");
  CMS.registerEventListener({ name: "preSave", handler: (/** @type {any} */ event) => place(event.entry, config) });
  CMS.registerEventListener({ name: "postSave", handler: (/** @type {any} */ event) => remember(event.entry) });
  watch(/** @type {HTMLElement} */ (document.getElementById("nc-root")), follow);
  watchRefusals();
  watchPlaces(ANOTHER);
  CMS.init({ config: config.cms });
}

start().catch((error) => {
  console.error(error);
  say("Le formulaire n’a pas pu se charger. Vérifiez votre réseau, puis rechargez la page.");
});
