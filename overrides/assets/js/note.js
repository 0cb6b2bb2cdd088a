// @ts-check
// /note/?f=a,b: two pages for a council, from one to four sheets. What she writes stays in this browser.

import { told, LIMITS } from "./note-parts.js";
import { asked, link, list, TOGETHER } from "./selected.js";
import { load, share, troubles } from "./sheets.js";
import { el, href } from "./site.js";
import { erase, read, update } from "./store.js";

/** @typedef {import("./note-parts.js").Note} Note */
/** @typedef {{titre?: string, introduction?: string, questions?: string, annotations?: boolean}} Written */

const NAME = "note";
/** Sizes of the text, from comfortable to small, in points: below, paper is hard to read. */
const SIZES = [10.5, 10, 9.5, 9];
/** Two A4 pages without their margins (css/note.css), in millimetres; a row that does not fit goes whole to the next page. */
const PAGES = 2 * (297 - 26) - 26;

/** @param {Note} note @param {{name: string, address: string, base: string, qr: Node | null}} library `base` is the root that short links are written with @param {boolean} dense lists in one paragraph */
export function paper(note, { name, address, base, qr }, dense) {
  return el("article", { class: "paper", "aria-labelledby": "fiche-note-titre" },
    el("header", {}, el("p", { class: "from" }, `${name} · note de synthèse`), el("h2", { id: "fiche-note-titre" }, note.titre),
      ...note.introduction.split(/\n+/).filter((text) => text.trim()).map((text) => el("p", {}, text.trim()))),
    ...note.sheets.map((sheet) => el("section", {},
      el("h3", {}, sheet.titre),
      el("p", { class: "where" }, sheet.where),
      el("p", {}, sheet.lead),
      el("table", { "aria-label": `Ce que dit la fiche « ${sheet.titre} »` }, el("tbody", {},
        ...sheet.parts.map(({ heading, lines }) => el("tr", {}, el("th", { scope: "row" }, heading), el("td", {}, ...(dense ? [run(lines)] : lines.map(line))))),
        sheet.asks.length ? el("tr", { class: "to-ask" }, el("th", { scope: "row" }, "À demander avant de décider"), el("td", {}, dense ? `${sheet.asks.join(" ; ")} ?` : el("ul", {}, ...sheet.asks.map((text) => el("li", {}, `${text} ?`))))) : "",
        el("tr", {}, el("th", { scope: "row" }, "Sources"), el("td", {}, sheet.sources.length ? `${sheet.sources.join(" ; ")}. ` : el("span", {}, el("span", { class: "nc" }, "Non communiqué"), ". "), `Faits vérifiés le ${sheet.verified}.`, ...(sheet.court && base ? [" La fiche : ", el("span", { class: "address" }, base + sheet.court)] : []))))))),
    note.notes.length ? el("section", {}, el("h3", {}, "Nos annotations"), el("ul", {}, ...note.notes.map(([titre, text]) => el("li", {}, el("strong", {}, titre), ` : ${text}`)))) : "",
    note.questions.length ? el("section", {}, el("h3", {}, "Nos questions"), el("ol", {}, ...note.questions.map((text) => el("li", {}, text)))) : "",
    el("footer", {}, qr ?? "", el("p", {}, "Ces fiches, leurs sources et leurs mises à jour : ", el("span", { class: "address" }, address)))); // prettier-ignore
}

/** @param {import("./note-parts.js").Line} line */
function line({ label, texts, ask }) {
  const before = label ? [el("span", { class: "what" }, `${label} : `)] : [];
  if (!texts.length) return el("p", {}, ...before, el("span", { class: "nc" }, ask ? "non communiqué" : "Non communiqué"));
  if (texts.length === 1) return el("p", {}, ...before, texts[0]);
  return el("div", {}, label ? el("p", {}, ...before) : "", el("ul", {}, ...texts.map((text) => el("li", {}, text))));
}

/** All of a row in one paragraph. @param {import("./note-parts.js").Line[]} lines */
function run(lines) {
  const every = lines.flatMap(({ label, texts }, place) => [
    place ? ". " : "",
    label ? el("span", { class: "what" }, `${label} : `) : "",
    texts.length ? texts.map((text) => text.replace(/\.$/, "")).join(" ; ") : el("span", { class: "nc" }, label ? "non communiqué" : "Non communiqué"),
  ]);
  return el("p", {}, ...every, ".");
}

/** The QR code of an address, as the library draws it: black on white, whatever the colours of the page. @param {string} text */
async function qrOf(text) {
  const { encode } = await import("../vendor/uqr.js");
  const { data, size } = encode(text, { ecc: "M", border: 2 });
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  const squares = data.flatMap((/** @type {boolean[]} */ row, /** @type {number} */ y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : [])));
  path.setAttribute("d", squares.join(""));
  for (const [name, value] of Object.entries({ viewBox: `0 0 ${size} ${size}`, class: "qr", role: "img", "aria-label": "Code QR : l’adresse de ces fiches", "shape-rendering": "crispEdges" })) svg.setAttribute(name, value);
  svg.append(path);
  return svg;
}

/** @param {HTMLElement} root */
async function start(root) {
  const wanted = asked(location.search, TOGETHER);
  if (!wanted.ids.length && !wanted.odd.length) {
    const kept = list().map(({ id }) => id).slice(0, TOGETHER);
    root.prepend(kept.length
      ? el("p", { class: "acts" }, el("a", { class: "btn main", href: link("note", kept) }, kept.length > 1 ? `Partir des ${kept.length} ${list().length > TOGETHER ? "premières " : ""}fiches de ma sélection` : "Partir de la fiche de ma sélection"))
      : el("div", { class: "empty" }, el("p", {}, el("strong", {}, "Choisissez une à quatre fiches. "), "Sur la page d’une expérience, « Note pour le conseil » ; ou gardez plusieurs fiches, puis passez par ", el("a", { href: href("selection/") }, "votre sélection"), ". En attendant, voici la note vierge."))); // prettier-ignore
    root.querySelector(".blank-ways")?.prepend(el("button", { type: "button", class: "btn", click: () => print() }, "Imprimer la note vierge"), " ");
    return;
  }
  root.setAttribute("aria-busy", "true");
  const found = await load(wanted.ids);
  root.removeAttribute("aria-busy");
  const { sheets } = found;
  if (!sheets.length) {
    root.prepend(...troubles(found, wanted));
    return;
  }
  const { parts = "[]", site = "", url = "" } = root.dataset;
  /** @type {[string, string[]][]} */
  const arrangement = JSON.parse(parts);
  const ids = sheets.map(({ id }) => id);
  // A folder on a disk has no address to share: that of the site, if it has one.
  const address = location.protocol === "file:" ? (url ? `${url}selection/?f=${ids.join(",")}` : "") : link("selection", ids);
  const library = { name: site, address: address || site, base: url || (location.protocol === "file:" ? "" : href("")), qr: address ? await qrOf(address).catch(() => null) : null };

  const busy = el("span", { role: "status" });
  /** @type {Written} */
  const written = read(NAME) ?? {};
  /** @param {"titre" | "introduction" | "questions"} name @param {HTMLElement} element */
  const field = (name, element) => {
    const input = /** @type {HTMLInputElement | HTMLTextAreaElement} */ (element);
    input.value = typeof written[name] === "string" ? written[name] : "";
    input.addEventListener("input", () => {
      update(NAME, (value) => ({ ...value, [name]: input.value }));
      if (busy.querySelector("button")) busy.replaceChildren(); // « Annuler » would undo this too
      later();
    });
    return input;
  };
  const titre = field("titre", el("input", { type: "text", id: "fiche-objet", maxlength: "160", placeholder: "par exemple : un circuit court pour la cantine ?" }));
  const introduction = field("introduction", el("textarea", { id: "fiche-introduction", rows: "3", maxlength: "1200" }));
  const questions = field("questions", el("textarea", { id: "fiche-questions", rows: "3", maxlength: "1200" }));
  const annotated = list().filter(({ id, note }) => ids.includes(id) && note?.trim());
  const annotations = /** @type {HTMLInputElement} */ (el("input", { type: "checkbox" }));
  annotations.checked = written.annotations !== false;
  annotations.addEventListener("change", () => {
    update(NAME, (value) => ({ ...value, annotations: annotations.checked }));
    draw();
  });
  const state = el("p", { role: "status", class: "fit" });
  const frame = el("div", { class: "frame" });
  const measure = el("div", { class: "measure", "aria-hidden": "true", inert: true });

  /** @param {import("./note-parts.js").Limits} limits @returns {Note} */
  const note = (limits) => ({
    titre: titre.value.trim() || (sheets.length > 1 ? "Des expériences à connaître" : sheets[0].titre),
    introduction: introduction.value,
    questions: questions.value.split("\n").map((text) => text.trim()).filter(Boolean),
    sheets: sheets.map((sheet) => told(sheet, arrangement, limits)),
    notes: annotations.checked ? annotated.map(({ id, titre: name, note: text = "" }) => [sheets.find((one) => one.id === id)?.titre ?? name, text.trim()]) : [],
  });

  let size = SIZES[0];
  let limits = LIMITS[0];
  /** Takes the longest text, then the largest letters, that fit two pages. */
  function fit() {
    const millimetre = measure.getBoundingClientRect().width / 180;
    for (limits of LIMITS) {
      const made = paper(note(limits), { ...library, qr: library.qr?.cloneNode(true) ?? null }, limits.dense);
      for (const one of made.querySelectorAll("[id]")) one.removeAttribute("id");
      measure.replaceChildren(made);
      for (size of SIZES) {
        made.dataset.size = String(size);
        if (made.getBoundingClientRect().height / millimetre <= PAGES) return true;
      }
    }
    return false;
  }

  function draw() {
    const fits = fit();
    measure.replaceChildren();
    const made = paper(note(limits), library, limits.dense);
    made.dataset.size = String(size);
    frame.replaceChildren(made);
    const shortened = limits.letters > 0;
    state.classList.toggle("banner", !fits);
    state.textContent = !fits
      ? "Cette note dépasse deux pages, même abrégée : raccourcissez votre introduction ou vos questions, ou retirez une fiche."
      : shortened ? "La note tient en deux pages. Les textes longs y sont abrégés et marqués […] ; tout est sur les fiches." : "La note tient en deux pages, sans rien abréger."; // prettier-ignore
  }
  let timer = 0;
  function later() {
    clearTimeout(timer);
    timer = setTimeout(draw, 300);
  }

  const office = /** @type {HTMLButtonElement} */ (el("button", { type: "button", class: "btn", click: async () => {
    office.disabled = true;
    busy.textContent = "Préparation du document…";
    try {
      const { save } = await import("./note-docx.js");
      await save(note(LIMITS[0]), library);
      busy.textContent = "Document téléchargé : rien n’y est abrégé, vous pouvez tout modifier.";
    } catch {
      busy.textContent = "Le document ne se prépare pas : vérifiez la connexion, puis réessayez. L’impression reste possible.";
    }
    office.disabled = false;
  } }, "Document à modifier (.docx)")); // prettier-ignore
  const wipe = el("button", { type: "button", class: "link", click: () => {
    const before = read(NAME);
    erase(NAME);
    for (const input of [titre, introduction, questions]) input.value = "";
    draw();
    busy.replaceChildren("Vos textes sont effacés. ", el("button", { type: "button", class: "link", click: () => {
      update(NAME, () => before);
      titre.value = before?.titre ?? "";
      introduction.value = before?.introduction ?? "";
      questions.value = before?.questions ?? "";
      busy.textContent = "C’est remis.";
      draw();
    } }, "Annuler"));
  } }, "Effacer mes textes"); // prettier-ignore

  root.replaceChildren(
    ...troubles(found, wanted),
    el("section", { class: "mine-note", "aria-labelledby": "fiche-a-vous" },
      el("h2", { id: "fiche-a-vous" }, "Ce que vous y ajoutez"),
      el("p", { class: "credit" }, "Gardé dans ce navigateur, et nulle part ailleurs. La note se met à jour à mesure."),
      el("label", { for: titre.id }, "Objet de la note"), titre,
      el("label", { for: introduction.id }, "Introduction"), introduction,
      el("label", { for: questions.id }, "Nos questions, une par ligne"), questions,
      annotated.length ? el("label", { class: "tick" }, annotations, el("span", {}, "Reprendre mes annotations sur ces fiches")) : "",
      el("p", { class: "acts" }, el("button", { type: "button", class: "btn main", click: () => {
        draw();
        print();
      } }, "Imprimer, ou enregistrer en PDF"), office, wipe), busy),
    state,
    frame,
    el("section", { class: "share-note" }, el("h2", {}, "Partager ces fiches"), el("p", {}, "Ce lien mène aux mêmes fiches, sans ce que vous avez écrit."), share(link("selection", ids))),
    measure,
  ); // prettier-ignore
  addEventListener("beforeprint", draw); // by the menu or the keyboard, before the last words are drawn
  await document.fonts?.ready;
  draw();
}

const root = document.querySelector("[data-note]");
if (root instanceof HTMLElement) void start(root);
