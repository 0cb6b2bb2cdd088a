// @ts-check
// « Garder » on each card and each sheet, and in the header how many are kept.

import { add, changed, has, link, list, MOST, remove, TOGETHER } from "./selected.js";
import { el, plural } from "./site.js";

/** @type {HTMLElement | null} */
let said = null;

/** Says what happened, to who does not see it. @param {string} text */
export function say(text) {
  if (!said) {
    said = el("p", { class: "hidden", role: "status" });
    document.body.append(said);
  }
  said.textContent = text;
}

/** @param {HTMLButtonElement} button with data-keep (an id) and data-titre */
export function ready(button) {
  const { keep: id = "", titre = "" } = button.dataset;
  const word = button.querySelector("span") ?? button;
  const show = () => {
    const kept = has(id);
    button.setAttribute("aria-pressed", String(kept));
    button.setAttribute("aria-label", `${kept ? "Gardée" : "Garder"} : ${titre}`);
    word.textContent = kept ? "Gardée" : "Garder";
  };
  button.addEventListener("click", () => {
    const kept = has(id);
    if (kept) remove(id);
    const refused = kept ? 0 : add([{ id, titre }]);
    const count = plural(list().length, "fiche gardée", "fiches gardées");
    say(refused ? `La sélection est pleine : ${MOST} fiches au plus.` : `${kept ? "Retirée" : "Gardée"}. ${count}.`);
  });
  shown.set(button, show);
  show();
  button.hidden = false;
}

/** The button of a card. @param {string} id @param {string} titre */
export function button(id, titre) {
  const made = /** @type {HTMLButtonElement} */ (el("button", { type: "button", class: "keep", "data-keep": id, "data-titre": titre }, el("span")));
  ready(made);
  return made;
}

/** @type {Map<HTMLElement, () => void>} */
const shown = new Map();

function update() {
  const kept = list();
  const count = document.querySelector("[data-kept-count]");
  if (count instanceof HTMLElement) {
    count.hidden = !kept.length;
    count.replaceChildren(String(kept.length), el("span", { class: "hidden" }, kept.length > 1 ? " fiches" : " fiche"));
  }
  for (const line of document.querySelectorAll("[data-kept-line]")) {
    if (!(line instanceof HTMLElement)) continue;
    line.hidden = !kept.length;
    const ids = kept.slice(0, TOGETHER).map(({ id }) => id);
    line.replaceChildren(`${plural(kept.length, "fiche gardée", "fiches gardées")} : `, el("a", { href: link("selection", []).replace("?f=", "") }, "ma sélection"),
      ...(kept.length > 1 ? [", ", el("a", { href: link("comparer", ids) }, kept.length > TOGETHER ? `comparer les ${TOGETHER} premières` : "les comparer")] : []),
      ", ", el("a", { href: link("note", ids) }, "note pour le conseil"), "."); // prettier-ignore
  }
  for (const [element, show] of shown) {
    if (element.isConnected) show();
    else shown.delete(element);
  }
}

for (const card of document.querySelectorAll("li[data-fiche]")) {
  if (card instanceof HTMLElement) card.append(button(card.dataset.fiche ?? "", card.querySelector("h3")?.textContent?.trim() ?? ""));
}
for (const found of document.querySelectorAll("button[data-keep]")) {
  if (found instanceof HTMLButtonElement && found.hidden) ready(found);
}
changed(update);
update();
