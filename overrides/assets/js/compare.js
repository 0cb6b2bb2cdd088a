// @ts-check
// /comparer/?f=a,b: two to four sheets side by side. The address is the whole state.

import { svg } from "./drawing.js";
import { say } from "./keep.js";
import { add, asked, link, list, TOGETHER } from "./selected.js";
import { load, share, title, troubles } from "./sheets.js";
import { el, href, plural } from "./site.js";

/** @typedef {import("./sheets.js").Sheet} Sheet */

/** @param {number} amount */
const euros = (amount) => `${amount.toLocaleString("fr-FR")} €`;

/** The sum of the parts whose amount is known. @param {Sheet} sheet */
const given = ({ argent }) => (argent?.parts ?? []).reduce((sum, [, amount]) => sum + (amount ?? 0), 0);

/** What is known of the cost: the total that the sheet gives, or the sum of the parts. @param {Sheet} sheet */
const known = (sheet) => Math.max(sheet.argent?.total ?? 0, given(sheet));

/** The bars of financing, on one scale. @param {Sheet[]} sheets */
function money(sheets) {
  const most = Math.max(...sheets.map(known));
  const without = sheets.filter((sheet) => !known(sheet));
  return el("section", { class: "part money", "aria-labelledby": "fiche-argent" },
    el("h2", { id: "fiche-argent" }, "L’argent, à la même échelle"),
    ...sheets.filter(known).map((sheet) => {
      const parts = sheet.argent?.parts ?? [];
      const left = known(sheet) - given(sheet);
      const told = parts.filter(([, amount]) => amount).map(([label, amount]) => `${label} ${euros(amount ?? 0)}`);
      if (left) told.push(`non communiqué ${euros(left)}`);
      let end = 0;
      const bar = svg("svg", { class: "bar", viewBox: "0 0 1000 60", preserveAspectRatio: "none", role: "img", "aria-label": `${sheet.titre} : ${told.join(", ")}` },
        svg("rect", { class: "open", width: Math.round((1000 * known(sheet)) / most), height: 60 }),
        ...parts.map(([, amount], place) => {
          const width = Math.round((1000 * (amount ?? 0)) / most);
          end += width;
          return svg("rect", { class: `s${place + 1}`, x: end - width, width, height: 60 });
        })); // prettier-ignore
      return el("figure", {}, el("figcaption", {}, el("strong", {}, sheet.titre), ` : ${euros(known(sheet))}`), bar, el("p", { class: "credit" }, told.join(" · ")));
    }),
    without.length ? el("p", {}, `Montants non communiqués : ${without.map(({ titre }) => `« ${titre} »`).join(", ")}. À demander : le coût total, et qui le paie.`) : ""); // prettier-ignore
}

/** @typedef {{name: string, titre: string, cells: (string[] | null | undefined)[], asks: string[]}} Row */

/** One row for each fact that a sheet tells. @param {Sheet[]} sheets @returns {Row[]} */
function rows(sheets) {
  /** @type {Row[]} */
  const found = [];
  for (const [place, { faits }] of sheets.entries()) {
    // A fact that the sheets before do not tell goes where this one tells it: the model's order.
    let at = -1;
    for (const [name, titre, texts, ask] of faits) {
      const there = found.findIndex((row) => row.name === name);
      at = there < 0 ? at + 1 : there;
      if (there < 0) found.splice(at, 0, { name, titre, cells: Array(sheets.length).fill(undefined), asks: Array(sheets.length).fill("") });
      found[at].cells[place] = texts;
      found[at].asks[place] = ask;
    }
  }
  return found;
}

/** « identique », « diffère » or « à demander »: said in words. @param {Row} row */
function verdict({ cells }) {
  const told = cells.map((texts) => JSON.stringify(texts ?? null));
  if (cells.every((texts) => !texts?.length)) return "à demander";
  return told.every((one) => one === told[0]) ? "identique" : "diffère";
}

const SIGNS = { identique: "=", diffère: "≠", "à demander": "?" };

/** @param {Sheet[]} sheets */
function table(sheets) {
  const body = rows(sheets).map((row) => {
    const said = verdict(row);
    const all = (/** @type {string} */ text) => row.cells.every((texts) => texts?.includes(text));
    return el("tr", { "data-fact": row.name, "data-verdict": said },
      el("th", { scope: "row" }, row.titre, el("small", { class: "verdict" }, el("span", { "aria-hidden": "true" }, SIGNS[said]), ` ${said}`)),
      // What nobody gave of any of them is said once.
      ...(said === "à demander" ? [el("td", { colspan: String(sheets.length), "data-label": "Toutes les fiches" }, el("span", { class: "nc" }, "Non communiqué"), el("small", { class: "ask" }, `À demander : ${row.asks.find(Boolean)}`))] : row.cells.map((texts, place) => {
        const cell = el("td", { "data-label": sheets[place].titre });
        if (texts?.length === 1) cell.append(texts[0]);
        else if (texts?.length) cell.append(el("ul", {}, ...texts.map((text) => el("li", { class: said === "diffère" && all(text) ? "shared" : "" }, text, said === "diffère" && all(text) ? el("span", { class: "hidden" }, " (commun à toutes)") : ""))));
        else if (texts === null) cell.append(el("span", { class: "nc" }, "Non communiqué"), row.asks[place] ? el("small", { class: "ask" }, `À demander : ${row.asks[place]}`) : "");
        else cell.append(el("span", { class: "void" }, el("span", { "aria-hidden": "true" }, "–"), el("span", { class: "hidden" }, "la fiche n’en parle pas")));
        return cell;
      }))); // prettier-ignore
  });
  return el("div", { class: "scroll", role: "region", "aria-labelledby": "fiche-tableau", tabindex: "0" },
    el("table", { class: `stack compare of-${sheets.length}` },
      el("caption", { id: "fiche-tableau" }, `${sheets.map(({ titre }) => titre).join(", ")} : les mêmes faits côte à côte`),
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "Fait"), ...sheets.map((sheet) => el("th", { scope: "col" }, title(sheet), el("small", {}, [sheet.sorte, sheet.lieu].filter(Boolean).join(" · ")))))),
      el("tbody", {}, ...body))); // prettier-ignore
}

/** @param {HTMLElement} root */
async function start(root) {
  const fixed = [...root.childNodes];
  const wanted = asked(location.search, TOGETHER);
  if (!wanted.ids.length && !wanted.odd.length) {
    const kept = list().map(({ id }) => id);
    if (kept.length > 1) root.prepend(el("p", { class: "acts" }, el("a", { class: "btn main", href: link("comparer", kept.slice(0, TOGETHER)) }, `Comparer ${kept.length > TOGETHER ? `les ${TOGETHER} premières fiches` : "les fiches"} de ma sélection`)));
    else root.prepend(el("div", { class: "empty" }, el("p", {}, el("strong", {}, "Choisissez deux à quatre fiches. "), "Gardez-les depuis ", el("a", { href: href("explorer/") }, "l’explorateur"), " ou leur page, puis revenez ici par ", el("a", { href: href("selection/") }, "votre sélection"), ".")));
    return;
  }
  root.setAttribute("aria-busy", "true");
  const found = await load(wanted.ids);
  root.removeAttribute("aria-busy");
  const { sheets } = found;
  const ids = sheets.map(({ id }) => id);
  /** @param {string[]} next */
  const go = (next) => location.assign(next.length ? link("comparer", next) : href("comparer/"));
  const others = list().filter(({ id }) => !ids.includes(id));
  const more = /** @type {HTMLSelectElement} */ (el("select", { id: "fiche-ajouter" }, el("option", { value: "" }, "une fiche de ma sélection…"), ...others.map(({ id, titre }) => el("option", { value: id }, titre))));
  const chips = el("ul", { class: "chips chosen", "aria-label": "Fiches comparées" }, ...sheets.map(({ id, titre }) => el("li", {}, el("button", { type: "button", class: "chip", click: () => go(ids.filter((one) => one !== id)) }, el("span", { class: "hidden" }, "Retirer "), titre, el("span", { "aria-hidden": "true" }, "×")))));
  const adding = sheets.length < TOGETHER && others.length
    ? el("form", { class: "add", submit: (event) => {
        event.preventDefault();
        if (more.value) go([...ids, more.value]);
      } }, el("label", { for: more.id }, "Ajouter"), more, el("button", { class: "btn" }, "Ajouter")) : ""; // prettier-ignore
  if (sheets.length < 2) {
    root.replaceChildren(...troubles(found, wanted), chips,
      el("div", { class: "empty" }, el("p", {}, el("strong", {}, sheets.length ? "Il faut une deuxième fiche. " : "Aucune fiche de ce lien n’est dans la bibliothèque. "), "Choisissez-la dans votre sélection, ou ", el("a", { href: href("explorer/") }, "dans l’explorateur"), ", avec son bouton « Garder ».")),
      adding, ...fixed); // prettier-ignore
    return;
  }
  const only = /** @type {HTMLInputElement} */ (el("input", { type: "checkbox" }));
  const fresh = sheets.filter(({ id }) => !list().some((one) => one.id === id));
  const keepAll = el("button", { type: "button", class: "btn", click: () => {
    add(fresh.map(({ id, titre }) => ({ id, titre })));
    keepAll.replaceWith(el("a", { class: "btn", href: href("selection/") }, "Voir ma sélection"));
    say("Gardées dans votre sélection.");
  } }, "Garder ces fiches"); // prettier-ignore
  const drawn = table(sheets);
  const count = drawn.querySelectorAll("[data-verdict=identique]").length;
  only.addEventListener("change", () => drawn.classList.toggle("only", only.checked));
  root.replaceChildren(
    ...troubles(found, wanted),
    chips,
    adding,
    el("p", { class: "acts" },
      el("a", { class: "btn main", href: link("note", ids) }, "Note pour le conseil"),
      el("button", { type: "button", class: "btn", click: () => print() }, "Imprimer"),
      fresh.length ? keepAll : ""),
    count ? el("p", {}, el("label", { class: "tick" }, only, el("span", {}, `Cacher ${plural(count, "ligne identique", "lignes identiques")}`))) : "",
    drawn,
    sheets.some(({ argent }) => argent) ? money(sheets) : "",
    el("h2", {}, "Partager cette comparaison"),
    share(link("comparer", ids)),
  ); // prettier-ignore
}

const root = document.querySelector("[data-compare]");
if (root instanceof HTMLElement) void start(root);
