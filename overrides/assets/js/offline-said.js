// @ts-check
// What a reader is told of the copy that she reads, and of a newer version.

import { el } from "./site.js";

/** Opens this page again in the newest release. The one that is ready takes charge first. */
async function reload() {
  const registration = await navigator.serviceWorker.getRegistration();
  const { installing = null } = registration ?? {};
  if (installing) {
    await new Promise((resolve) => installing.addEventListener("statechange", resolve, { once: true }));
  }
  const waiting = registration?.waiting;
  if (!waiting) return location.reload();
  navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
  waiting.postMessage({ essaim: "prendre" });
}

/** @param {string} kind `copie`, `nouveau`, `pret` @param {string} [more] the date of the copy */
export function say(kind, more = "") {
  const place = document.getElementById("fiche-contenu");
  const known = document.querySelector("[data-offline]");
  if (!place || known?.getAttribute("data-offline") === kind) return;
  known?.remove();
  /** @type {(Node | string)[]} */
  let text;
  if (kind === "copie") {
    const day = new Date(more).toLocaleDateString("fr-FR", { day: "numeric", month: "long", year: "numeric" });
    text = [el("strong", {}, "Hors connexion"), ` : vous lisez la copie du ${day}.`];
  } else {
    text = [kind === "pret" ? "Une version plus récente du site est prête. " : "Le site a été mis à jour. ", el("button", { type: "button", class: "link", click: reload }, "Recharger la page")];
  }
  place.prepend(el("p", { class: "offline", role: "status", "data-offline": kind }, ...text));
}
