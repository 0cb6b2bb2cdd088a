// @ts-check
// /outils/: which worksheets are begun, and everything that is kept on this device: taken out, read back, erased.

import { download, picker } from "./files.js";
import { say } from "./keep.js";
import { el, plural } from "./site.js";
import { erase, names, read, update, watchAll } from "./store.js";

const LARGEST = 5_000_000; // bytes
const NAME = /^(?:selection|note|autodiagnostic|(?:outil|questions)-[a-z0-9-]+)$/;

/** What she wrote: settings, like her commune or the colours, are no work of hers. */
const kept = () => names().filter((name) => typeof read(name) === "object" && read(name) !== null);

/** @param {string} name */
function label(name) {
  if (name === "selection") return "Ma sélection";
  if (name === "note") return "Ce que j’ai écrit pour la note";
  if (name === "autodiagnostic") return "Mes réponses à l’auto-diagnostic";
  if (name.startsWith("questions-")) return "Mes réponses aux questions d’une webconférence";
  const card = document.querySelector(`[data-outil="${name.slice("outil-".length)}"] h3`);
  return name.startsWith("outil-") ? `Fiche-outil : ${card?.textContent?.trim() ?? name.slice("outil-".length)}` : name;
}

/** @param {HTMLElement} device */
function start(device) {
  const list = el("ul", { class: "links" });
  const asking = el("div");
  const undo = el("p", { class: "undo", hidden: true });

  /** @param {Record<string, any>} before name → what stood there, null for nothing */
  const restore = (before) => {
    for (const [name, value] of Object.entries(before)) {
      if (value === null) erase(name);
      else update(name, () => value);
    }
    undo.hidden = true;
    say("C’est remis.");
  };
  /** @param {string} text @param {Record<string, any>} before */
  const undoable = (text, before) => {
    undo.hidden = false;
    undo.replaceChildren(text, " ", el("button", { type: "button", class: "link", click: () => restore(before) }, "Annuler"));
    say(text);
  };

  const out = el("button", { type: "button", class: "btn", click: () => {
    const contenu = Object.fromEntries(kept().map((name) => [name, read(name)]));
    download("essaim-mon-travail.json", "application/json", JSON.stringify({ format: "essaim-appareil", version: 1, contenu }, null, 2));
  } }, "Tout exporter"); // prettier-ignore
  const wipe = el("button", { type: "button", class: "link", click: () => {
    const before = Object.fromEntries(kept().map((name) => [name, read(name)]));
    for (const name of names()) erase(name);
    undoable("Tout est effacé de cet appareil, votre commune et vos couleurs comprises.", before);
  } }, "Tout effacer"); // prettier-ignore
  const { button: back, failed } = picker("Reprendre un export", ".json,application/json", async (chosen) => take(await open(chosen)), "Rien n’a changé ici.");

  /** @param {Record<string, any>} found */
  function take(found) {
    const every = Object.keys(found);
    const both = every.filter((name) => read(name) !== null && JSON.stringify(read(name)) !== JSON.stringify(found[name]));
    /** @param {string[]} chosen */
    const put = (chosen) => {
      asking.replaceChildren();
      const before = Object.fromEntries(chosen.map((name) => [name, read(name)]));
      for (const name of chosen) update(name, () => found[name]);
      undoable(`Repris : ${plural(chosen.length, "élément")} sur ${every.length}.`, before);
    };
    if (!both.length) {
      put(every);
      return;
    }
    const first = el("button", { type: "button", class: "btn main", click: () => put(every.filter((name) => !both.includes(name))) }, "Garder ce qui est ici, ajouter le reste");
    asking.replaceChildren(el("div", { class: "ask-first", role: "group", "aria-label": "Ce qui est déjà ici" },
      el("p", {}, `Ceci est déjà sur cet appareil, avec un autre contenu : ${both.map(label).join(", ")}.`),
      el("p", { class: "tools-line" }, first, el("button", { type: "button", class: "btn", click: () => put(every) }, "Remplacer par le fichier"), el("button", { type: "button", class: "link", click: () => asking.replaceChildren() }, "Ne rien changer")))); // prettier-ignore
    first.focus();
  }

  function show() {
    const found = kept();
    for (const card of document.querySelectorAll("[data-outil]")) {
      if (!(card instanceof HTMLElement)) continue;
      const value = read(`outil-${card.dataset.outil}`);
      card.querySelector(".begun")?.remove();
      if (value) card.append(el("p", { class: "total begun" }, `Commencée${typeof value.le === "string" ? ` le ${value.le.split("-").reverse().join("/")}` : ""} : reprendre`));
    }
    list.replaceChildren(...found.map((name) => el("li", {}, label(name), " ", el("button", { type: "button", class: "link", "aria-label": `Effacer : ${label(name)}`, click: () => {
      const before = { [name]: read(name) };
      erase(name);
      undoable(`Effacé : ${label(name)}.`, before);
    } }, "Effacer")))); // prettier-ignore
    nothing.hidden = found.length > 0;
    for (const one of [out, wipe]) one.hidden = !found.length;
  }
  const nothing = el("p", {}, "Rien n’est gardé pour l’instant.");
  device.append(nothing, list, el("p", { class: "tools-line" }, out, back, wipe), failed, asking, undo);
  watchAll(show);
  show();
}

/** What a file holds: name → value. Throws an Error that says why it is refused. @param {File} file @returns {Promise<Record<string, any>>} */
async function open(file) {
  if (file.size > LARGEST) throw new Error("il est trop gros (5 Mo au plus)");
  let value;
  try {
    value = JSON.parse(await file.text());
  } catch {
    throw new Error("ce JSON est abîmé, ou ce n’en est pas un");
  }
  if (value?.format === "essaim-fiche-outil") throw new Error("c’est une seule fiche-outil : reprenez-la sur sa page");
  if (value?.format !== "essaim-appareil" || typeof value.contenu !== "object" || value.contenu === null) throw new Error("ce n’est pas un export d’ici");
  if (value.version !== 1) throw new Error("il vient d’une version plus récente du site : rechargez la page");
  const found = Object.entries(value.contenu);
  if (!found.length) throw new Error("il est vide");
  const odd = found.filter(([name, one]) => !NAME.test(name) || name.length > 100 || typeof one !== "object" || one === null).map(([name]) => name.slice(0, 40));
  if (odd.length) throw new Error(`il contient ce que ce site ne connaît pas (${odd.slice(0, 3).join(", ")})`);
  return Object.fromEntries(found);
}

const device = document.querySelector("[data-device]");
if (device instanceof HTMLElement) start(device);
