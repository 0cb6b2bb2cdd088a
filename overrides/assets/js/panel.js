// @ts-check
// The filters of the explorer: the links of the page become boxes to tick; on a phone they open over the page.

import { countOf, filtered } from "./catalogue.js";
import { el, plural } from "./site.js";

/**
 * @param {HTMLElement} panel the page's list of facets
 * @param {import("./catalogue.js").Catalogue} catalogue
 * @param {(facet: string, value: string, on: boolean) => void} choose
 */
export function ticks(panel, catalogue, choose) {
  const [kinds, ...facets] = catalogue.facets;
  panel.querySelector("h2")?.after(
    el("details", { class: "facet", "data-facet": kinds.id, open: true }, el("summary", {}, el("h3", {}, kinds.titre)), boxes(kinds, choose)),
  );
  for (const facet of facets) panel.querySelector(`[data-facet="${facet.id}"] ul`)?.replaceWith(boxes(facet, choose));
}

/** @param {import("./catalogue.js").Facet} facet @param {(facet: string, value: string, on: boolean) => void} choose */
function boxes({ id, titre, values }, choose) {
  return el("fieldset", {}, el("legend", { class: "hidden" }, titre), ...[...values.values()].map((value) => {
    const input = /** @type {HTMLInputElement} */ (el("input", { type: "checkbox", name: id, value: value.id }));
    input.addEventListener("change", () => choose(id, value.id, input.checked));
    return el("label", { "data-value": value.id }, input, el("span", {}, value.label), el("span", { class: "number" }));
  })); // prettier-ignore
}

/**
 * Each value with the sheets that ticking it would show, whatever else is ticked in its own facet.
 * @param {HTMLElement} panel
 * @param {import("./catalogue.js").Catalogue} catalogue
 * @param {import("./catalogue.js").Choices} choices
 * @param {Uint8Array | null} text
 */
export function counts(panel, catalogue, choices, text) {
  for (const facet of catalogue.facets) {
    const base = filtered(catalogue, choices, text, facet.id);
    const chosen = choices.get(facet.id) ?? new Set();
    const details = panel.querySelector(`details[data-facet="${facet.id}"]`);
    for (const label of details?.querySelectorAll("label") ?? []) {
      const value = facet.values.get(label.dataset.value ?? "");
      const input = label.querySelector("input");
      const number = label.querySelector(".number");
      if (!value || !input || !number) continue;
      const count = countOf(value, base);
      input.checked = chosen.has(value.id);
      number.replaceChildren(count.toLocaleString("fr-FR"), el("span", { class: "hidden" }, count > 1 ? " fiches" : " fiche"));
      label.classList.toggle("none", !count && !input.checked);
    }
    const summary = details?.querySelector("summary");
    summary?.querySelector(".picked")?.remove();
    if (chosen.size) summary?.append(el("span", { class: "picked" }, plural(chosen.size, "choix", "choix")));
  }
}

/**
 * Moves the panel into a dialog and back. Returns what opens it.
 * @param {HTMLElement} root
 * @param {HTMLElement} panel
 */
export function sheet(root, panel) {
  const dialog = /** @type {HTMLDialogElement} */ (el("dialog", { class: "sheet", "aria-label": "Filtres" }));
  const shut = el("button", { type: "button", class: "primary", click: () => dialog.close() }, "Voir les fiches");
  const place = document.createComment("filtres");
  panel.before(place);
  root.append(dialog);
  dialog.addEventListener("close", () => {
    place.after(panel);
    dialog.replaceChildren();
  });
  matchMedia("(min-width: 62rem)").addEventListener("change", (event) => event.matches && dialog.open && dialog.close());
  return () => {
    dialog.append(panel, el("p", { class: "foot" }, shut));
    dialog.showModal();
  };
}
