// @ts-check
// A worksheet with amounts: the share of each line, and what is missing, drawn as she writes. No share is said to be the right one.

import { el } from "./site.js";
import { amount } from "./worksheet-rows.js";

const SVG = "http://www.w3.org/2000/svg";
/** @param {number} value */
const euros = (value) => `${value.toLocaleString("fr-FR", { maximumFractionDigits: 2 })} €`;
/** @param {number} part @param {number} whole */
const share = (part, whole) => `${((100 * part) / whole).toLocaleString("fr-FR", { maximumFractionDigits: 1 })} %`;

/**
 * @param {HTMLElement} before
 * @param {import("./worksheet-rows.js").Worksheet} sheet
 * @param {import("./worksheet-rows.js").Store} store
 * @returns {(rows: import("./worksheet-rows.js").Row[], total: string) => void}
 */
export function panel(before, sheet, store) {
  const column = sheet.colonnes.findIndex(([, , saisie]) => saisie === "euros");
  const cost = /** @type {HTMLInputElement} */ (el("input", { type: "text", id: "fiche-cout", inputmode: "decimal", maxlength: "40", "aria-describedby": "fiche-cout-dit" }));
  cost.addEventListener("input", () => store.total(cost.value));
  const svg = document.createElementNS(SVG, "svg");
  for (const [name, value] of Object.entries({ viewBox: "0 0 1000 60", preserveAspectRatio: "none", class: "bar", role: "img" })) svg.setAttribute(name, value);
  const list = el("ul", { class: "parts-list" });
  const said = el("p", { id: "fiche-cout-dit" });
  const known = sheet.exemples.filter(({ lignes }) => lignes.some((cells) => /\d/.test(cells[column] ?? "")));
  before.before(
    el("section", { "aria-labelledby": "fiche-parts" },
      el("h3", { id: "fiche-parts" }, "Les parts, aujourd’hui"),
      el("p", { class: "tools-line" }, el("label", { for: cost.id }, "Coût total à couvrir (€), si vous le connaissez"), cost),
      svg, list, said,
      el("p", { class: "about" }, sheet.exemples.length
        ? `${sheet.exemples.length > 1 ? `${sheet.exemples.length} expériences disent` : "Une seule expérience de la bibliothèque dit"} qui a payé${known.length ? `, ${known.length > 1 ? `${known.length} donnent` : "et une donne"} des montants` : ", aucune ne donne les montants"} : voyez l’exemple. Rien n’oblige à des parts égales.`
        : "Aucune expérience de la bibliothèque ne dit encore qui a payé quoi. Rien n’oblige à des parts égales.")),
  ); // prettier-ignore

  return (rows, total) => {
    if (document.activeElement !== cost) cost.value = total;
    const lines = rows.map(({ c }, place) => ({ name: c[0].trim() || `Ligne ${place + 1}`, value: amount(c[column]) })).filter(({ value }) => value !== null);
    const good = /** @type {{name: string, value: number}[]} */ (lines.filter(({ value }) => Number(value) >= 0));
    const sum = good.reduce((all, { value }) => all + value, 0);
    const goal = amount(total);
    const whole = Math.max(sum, goal !== null && goal > 0 ? goal : 0);
    const missing = whole - sum;
    svg.replaceChildren();
    let start = 0;
    const rect = (/** @type {string} */ name, /** @type {number} */ width) => {
      const one = document.createElementNS(SVG, "rect");
      one.setAttribute("class", name);
      one.setAttribute("x", String(start));
      one.setAttribute("width", String(width));
      one.setAttribute("height", "60");
      svg.append(one);
      start += width;
    };
    if (whole) {
      rect("open", 1000);
      start = 0;
      good.forEach(({ value }, place) => rect(`s${Math.min(place + 1, 5)}`, (1000 * value) / whole));
    }
    svg.toggleAttribute("hidden", !whole);
    svg.setAttribute("aria-label", whole ? `${good.map(({ name, value }) => `${name} ${share(value, whole)}`).join(", ")}${missing ? `, manque ${share(missing, whole)}` : ""}` : "Aucun montant");
    list.replaceChildren(
      ...good.map(({ name, value }, place) => {
        const dot = document.createElementNS(SVG, "svg");
        dot.setAttribute("class", "dot");
        dot.setAttribute("viewBox", "0 0 10 10");
        dot.setAttribute("width", "12");
        dot.setAttribute("height", "12");
        dot.setAttribute("aria-hidden", "true");
        const square = document.createElementNS(SVG, "rect");
        square.setAttribute("class", `s${Math.min(place + 1, 5)}`);
        square.setAttribute("width", "10");
        square.setAttribute("height", "10");
        dot.append(square);
        return el("li", {}, dot, `${name} : ${euros(value)}${whole ? `, ${share(value, whole)}` : ""}`);
      }),
      ...(missing ? [el("li", { class: "left" }, `Il manque ${euros(missing)}, ${share(missing, whole)} du coût`)] : []),
    );
    const odd = lines.length - good.length;
    said.textContent = [
      whole ? `Total des montants : ${euros(sum)}.` : "Écrivez un montant : sa part se dessine ici.",
      goal !== null && !(goal >= 0) ? "Le coût total n’est pas un montant : il n’est pas compté." : "",
      goal !== null && goal > 0 && sum > goal ? `C’est ${euros(sum - goal)} de plus que le coût à couvrir.` : "",
      odd ? `${odd > 1 ? `${odd} montants ne se comptent pas` : "Un montant ne se compte pas"} : écrivez des chiffres, sans signe moins.` : "",
    ].filter(Boolean).join(" "); // prettier-ignore
  };
}
