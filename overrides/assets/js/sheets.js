// @ts-check
// What sheets say, fact by fact: faits/ID.json (docs/catalogue.md).

import { el, fetchJson, href } from "./site.js";

/** @typedef {[name: string, titre: string, texts: string[] | null, ask: string]} Fact `texts` is null when nobody gave it */
/** @typedef {{total: number | null, parts: [string, number | null, string[]][]}} Money euros */
/** @typedef {{id: string, sorte: string, titre: string, resume: string, adresse: string, court?: string, lieu: string, statut: string, verifie_le: string, faits: Fact[], argent?: Money, sources: [string, string][]}} Sheet */

/**
 * The sheets of some ids, in their order. One that is not there is unknown; one that does not load is away.
 * @param {string[]} ids
 */
export async function load(ids) {
  /** @type {Sheet[]} */
  const sheets = [];
  /** @type {string[]} */
  const unknown = [];
  /** @type {string[]} */
  const away = [];
  const answers = await Promise.allSettled(ids.map((id) => fetchJson(`faits/${id}.json`)));
  for (const [place, answer] of answers.entries()) {
    if (answer.status === "fulfilled") sheets.push(answer.value);
    else if (answer.reason?.status === 404) unknown.push(ids[place]);
    else away.push(ids[place]);
  }
  return { sheets, unknown, away };
}

/**
 * What to say of ids that give no sheet, or an archived one.
 * @param {{sheets: Sheet[], unknown: string[], away: string[]}} found
 * @param {{over?: string[], odd?: string[]}} [asked]
 * @returns {HTMLElement[]}
 */
export function troubles({ sheets, unknown, away }, { over = [], odd = [] } = {}) {
  /** @param {string} text */
  const banner = (text) => el("p", { class: "banner" }, text);
  const lost = [...unknown, ...odd];
  const archived = sheets.filter((one) => one.statut === "archivé");
  return [
    ...(lost.length ? [banner(`${lost.length > 1 ? "Ces fiches n’existent pas, ou plus" : "Cette fiche n’existe pas, ou plus"} : ${lost.join(", ")}. Le reste est là.`)] : []),
    ...(away.length ? [banner(`${away.length > 1 ? "Ces fiches ne se chargent pas" : "Cette fiche ne se charge pas"} pour l’instant : ${away.join(", ")}. Vérifiez la connexion, puis rechargez la page.`)] : []),
    ...(archived.length ? [banner(`${archived.length > 1 ? "Archivées, elles ne sont plus tenues" : "Archivée, elle n’est plus tenue"} à jour : ${archived.map((one) => `« ${one.titre} »`).join(", ")}.`)] : []),
    ...(over.length ? [banner(`Trop de fiches à la fois : ${over.join(", ")} ${over.length > 1 ? "ne sont pas montrées" : "n’est pas montrée"}.`)] : []),
  ];
}

/** @param {Sheet} sheet */
export function title(sheet) {
  return el("a", { href: href(sheet.adresse) }, sheet.titre);
}

/** A button that copies an address, and says so. The address can be read and copied by hand too. @param {string} address */
export function share(address) {
  if (!address.startsWith("http")) return el("p", { class: "credit" }, "Cette copie de la bibliothèque s’ouvre d’un dossier : elle n’a pas d’adresse à partager.");
  const input = /** @type {HTMLInputElement} */ (el("input", { type: "text", readonly: true, "aria-label": "Lien à partager", value: address }));
  const said = el("span", { role: "status" });
  input.addEventListener("focus", () => input.select());
  return el("p", { class: "share" }, input, el("button", { type: "button", class: "btn", click: async () => {
    try {
      await navigator.clipboard.writeText(address);
      said.textContent = "Lien copié.";
    } catch {
      input.focus();
      said.textContent = "Copiez le lien à la main.";
    }
  } }, "Copier le lien"), said); // prettier-ignore
}
