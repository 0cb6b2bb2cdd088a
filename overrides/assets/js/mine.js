// @ts-check
// « Comme ma commune »: the reader's commune, and if she likes its structure and its resources.

import { keep, kept } from "./kept.js";
import { el, onFirstUse } from "./site.js";

/**
 * @param {import("./catalogue.js").Catalogue} catalogue
 * @param {(change: Partial<import("./state.js").State>) => void} go
 */
export function mine(catalogue, go) {
  /** @type {string[]} */
  let resources = [];
  const input = /** @type {HTMLInputElement} */ (el("input", { id: "fiche-commune", type: "text", autocomplete: "off", placeholder: "nom ou code postal" }));
  const forget = el("button", { type: "button", class: "link", hidden: true, click: () => {
    keep("");
    input.value = "";
    go({ commune: "", structure: "", mes: [], tri: "pertinence" });
    input.focus();
  } }, "Oublier ma commune"); // prettier-ignore
  const structure = /** @type {HTMLSelectElement} */ (el("select", { id: "fiche-structure" }, el("option", { value: "" }, "Sans préciser"),
    ...values("types-structure").map(({ id, label }) => el("option", { value: id }, label)))); // prettier-ignore
  structure.addEventListener("change", () => go({ structure: structure.value, tri: "ressemblance" }));
  const boxes = values("ressources").map(({ id, label }) => {
    const box = /** @type {HTMLInputElement} */ (el("input", { type: "checkbox", value: id }));
    box.addEventListener("change", () => go({ mes: box.checked ? [...resources, id] : resources.filter((one) => one !== id), tri: "ressemblance" }));
    return el("label", {}, box, el("span", {}, label));
  });
  const precise = el("details", { hidden: true }, el("summary", {}, "Préciser"), el("label", { for: structure.id }, "Notre structure"), structure,
    boxes.length ? el("fieldset", {}, el("legend", {}, "Nos ressources"), ...boxes) : ""); // prettier-ignore

  /** @param {string} facet */
  function values(facet) {
    return [...(catalogue.facets.find((one) => one.id === facet)?.values.values() ?? [])];
  }
  /** @param {string} text */
  async function proposals(text) {
    const communes = await import("./communes.js");
    return Promise.all((await communes.find(text)).map(async (one) => ({
      label: one.nom,
      detail: `${await communes.departementOf(one)}${one.postaux ? ` · ${one.postaux.split(" ")[0]}` : ""}`,
      pick: () => {
        keep(one.code);
        go({ commune: one.code, tri: "ressemblance", more: new Map() });
      },
    }))); // prettier-ignore
  }
  onFirstUse(input, async () => (await import("./combobox.js")).combobox(input, "Communes", proposals, { enter: true }));

  return {
    section: el("section", { class: "mine", "aria-labelledby": "fiche-mine" }, el("h3", { id: "fiche-mine" }, el("label", { for: input.id }, "Comme ma commune")), input,
      el("p", {}, "Les fiches les plus proches de la vôtre d’abord, et pourquoi. Votre choix reste dans ce navigateur."), precise, forget), // prettier-ignore
    focus: () => input.focus(),
    /** @param {import("./state.js").State} state @param {string} name of the commune, if there is one */
    show(state, name) {
      resources = state.mes;
      precise.hidden = !name;
      forget.hidden = !state.commune && !kept();
      if (name || document.activeElement !== input) input.value = name;
      structure.value = state.structure;
      for (const label of boxes) {
        const box = /** @type {HTMLInputElement} */ (label.querySelector("input"));
        box.checked = resources.includes(box.value);
      }
    },
  };
}
