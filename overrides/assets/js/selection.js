// @ts-check
// /selection/: the sheets that she keeps, to order, annotate, compare; or, with `?f=`, those that someone shares.

import { say } from "./keep.js";
import { add, annotate, asked, changed, link, list, MOST, move, remove, replace, TOGETHER } from "./selected.js";
import { load, share, title, troubles } from "./sheets.js";
import { el, href, plural } from "./site.js";

/** @typedef {import("./sheets.js").Sheet} Sheet */
/** @typedef {import("./selected.js").Kept} Kept */

/** @param {string} path @returns {SVGElement} */
function drawn(path) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  for (const [name, value] of Object.entries({ viewBox: "0 0 20 20", width: "18", height: "18", fill: "none", stroke: "currentColor", "stroke-width": "1.8", "stroke-linecap": "round", "aria-hidden": "true" })) svg.setAttribute(name, value);
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}
const UP = "M10 16V4M5 9l5-5 5 5";
const DOWN = "M10 4v12M5 11l5 5 5-5";
const CROSS = "M5 5l10 10M15 5L5 15";

/** @param {Sheet | undefined} sheet @param {Kept} item @param {"h2" | "h3"} level */
function heading(sheet, item, level) {
  if (!sheet) return [el(level, {}, item.titre), el("p", {}, "Cette fiche ne se charge pas, ou n’existe plus. Votre note, elle, est gardée.")];
  return [el("p", { class: "kind" }, [sheet.sorte, sheet.lieu].filter(Boolean).join(" · ")), el(level, {}, title(sheet)), el("p", {}, sheet.resume)];
}

/** What can be done with some sheets. @param {string[]} ids */
function ways(ids) {
  const few = ids.slice(0, TOGETHER);
  return el("p", { class: "acts" },
    few.length > 1 ? el("a", { class: "btn main", href: link("comparer", few) }, `Comparer ${plural(few.length, "fiche")}`) : "",
    few.length ? el("a", { class: few.length > 1 ? "btn" : "btn main", href: link("note", few) }, "Note pour le conseil") : ""); // prettier-ignore
}

/** @param {HTMLElement} root */
async function shared(root) {
  const wanted = asked(location.search, MOST);
  const found = await load(wanted.ids);
  const own = list().map(({ id }) => id);
  const items = found.sheets.map(({ id, titre }) => ({ id, titre }));
  const fresh = items.filter(({ id }) => !own.includes(id));
  const heading1 = document.querySelector("h1");
  if (heading1) heading1.textContent = "Une sélection partagée";
  const take = el("p", { class: "acts" });
  const kept = () => take.replaceChildren(el("span", { role: "status" }, "Ces fiches sont dans votre sélection."), el("a", { class: "btn", href: href("selection/") }, "Voir ma sélection"));
  if (!fresh.length && items.length) kept();
  else if (items.length) take.append(el("button", { type: "button", class: "btn", click: () => {
    const refused = add(fresh);
    if (refused) take.prepend(el("span", { role: "status" }, `${plural(refused, "fiche")} sans place : ${MOST} au plus.`));
    else kept();
  } }, `Garder ${fresh.length > 1 ? `ces ${fresh.length} fiches` : "cette fiche"} dans ma sélection`)); // prettier-ignore
  root.replaceChildren(
    ...troubles(found, wanted),
    items.length ? el("p", { class: "total" }, `${plural(items.length, "fiche")} dans cette sélection. Celle que vous gardez vous-même n’est pas changée.`) : el("p", { class: "empty" }, "Aucune fiche de ce lien n’est dans la bibliothèque. ", el("a", { href: href("explorer/") }, "Explorer les fiches")),
    ways(items.map(({ id }) => id)),
    take,
    el("ol", { class: "kept-list" }, ...found.sheets.map((sheet) => el("li", { class: "kept-item", "data-id": sheet.id }, el("div", {}, ...heading(sheet, sheet, "h2"))))),
  );
}

/** @param {HTMLElement} root */
function own(root) {
  const total = /** @type {HTMLElement} */ (root.querySelector("[role=status]"));
  const place = /** @type {HTMLElement} */ (root.querySelector("[data-list]"));
  const nothing = [...place.childNodes];
  const undo = el("p", { class: "undo", hidden: true });
  const banners = el("div");
  place.before(undo, banners);
  /** @type {Map<string, Sheet>} */
  const known = new Map();
  /** Those that are not to be compared. @type {Set<string>} */
  const left = new Set();
  let shown = "";

  /** Undoing puts back what was taken away, and leaves what she wrote since. @param {string} text @param {() => unknown} back */
  function undoable(text, back) {
    undo.hidden = false;
    undo.replaceChildren(el("span", { role: "status" }, text), " ", el("button", { type: "button", class: "link", click: () => {
      back();
      undo.hidden = true;
      say("C’est remis.");
    } }, "Annuler")); // prettier-ignore
  }

  /** The sheets to put together: the first ones that are ticked. @param {Kept[]} kept */
  const chosen = (kept) => kept.filter(({ id }) => !left.has(id)).map(({ id }) => id).slice(0, TOGETHER);

  /** @param {Kept} item @param {number} number @param {number} count */
  function row(item, number, count) {
    const sheet = known.get(item.id);
    const name = sheet?.titre ?? item.titre;
    const note = /** @type {HTMLTextAreaElement} */ (el("textarea", { id: `fiche-note-${item.id}`, rows: "2", maxlength: "2000" }));
    note.value = item.note ?? "";
    note.addEventListener("input", () => annotate(item.id, note.value));
    const tick = /** @type {HTMLInputElement} */ (el("input", { type: "checkbox", name: "ensemble", value: item.id }));
    tick.addEventListener("change", () => {
      if (tick.checked) left.delete(item.id);
      else left.add(item.id);
      together();
    });
    /** @param {number} step */
    const shift = (step) => () => {
      move(item.id, step);
      const again = place.querySelector(`[data-id="${item.id}"] [data-step="${step}"]`);
      const other = place.querySelector(`[data-id="${item.id}"] [data-step="${-step}"]`);
      const focus = again instanceof HTMLButtonElement && !again.disabled ? again : other;
      if (focus instanceof HTMLElement) focus.focus();
      say(`${name} : ${number + step + 1} sur ${count}.`);
    };
    /** @param {string} label @param {string} path @param {Record<string, any>} more */
    const button = (label, path, more) => el("button", { type: "button", class: "icon", "aria-label": `${label} : ${name}`, title: label, ...more }, drawn(path));
    return el("li", { class: "kept-item", "data-id": item.id },
      el("div", {}, ...heading(sheet, item, "h2"),
        el("label", { for: note.id }, "Mes notes"), note,
        el("label", { class: "tick" }, tick, el("span", {}, "Mettre dans la comparaison et dans la note"))),
      el("div", { class: "moves" },
        button("Monter", UP, { "data-step": "-1", disabled: number === 0, click: shift(-1) }),
        button("Descendre", DOWN, { "data-step": "1", disabled: number === count - 1, click: shift(1) }),
        button("Retirer", CROSS, { click: () => {
          const before = list();
          const at = before.findIndex(({ id }) => id === item.id);
          remove(item.id);
          undoable(`« ${name} » est retirée.`, () => add(before.slice(at, at + 1), at));
          const next = place.querySelectorAll(".kept-item h2 a")[Math.min(number, count - 2)] ?? document.querySelector("h1");
          if (next instanceof HTMLElement) next.focus();
        } }))); // prettier-ignore
  }

  const tools = el("div", { class: "kept-tools" });
  function together() {
    const kept = list();
    const ids = chosen(kept);
    for (const box of place.querySelectorAll("input[name=ensemble]")) {
      if (!(box instanceof HTMLInputElement)) continue;
      box.checked = ids.includes(box.value);
      box.disabled = !box.checked && ids.length >= TOGETHER;
    }
    tools.replaceChildren(
      ways(ids),
      kept.length > TOGETHER ? el("p", { class: "credit" }, `${TOGETHER} fiches au plus se comparent ou tiennent dans une note : cochez celles qui comptent.`) : "",
    );
  }

  function show() {
    const kept = list();
    const now = kept.map(({ id }) => id + (known.has(id) ? "+" : "")).join();
    if (now === shown) {
      // Only a note changed, perhaps in another tab.
      for (const { id, note } of kept) {
        const area = document.getElementById(`fiche-note-${id}`);
        if (area instanceof HTMLTextAreaElement && area !== document.activeElement) area.value = note ?? "";
      }
      return;
    }
    shown = now;
    total.hidden = !kept.length;
    total.textContent = `${plural(kept.length, "fiche gardée", "fiches gardées")} dans ce navigateur`;
    if (!kept.length) {
      place.replaceChildren(...nothing);
      return;
    }
    place.replaceChildren(
      tools,
      el("ol", { class: "kept-list" }, ...kept.map((item, number) => row(item, number, kept.length))),
      el("h2", {}, "Partager, imprimer, vider"),
      el("p", {}, "Ce lien montre les mêmes fiches, sans vos notes."),
      share(link("selection", kept.map(({ id }) => id))),
      el("p", { class: "acts" },
        el("button", { type: "button", class: "btn", click: () => print() }, "Imprimer avec mes notes"),
        el("button", { type: "button", class: "btn", click: () => {
          const before = list();
          replace([]);
          undoable(`La sélection est vidée (${plural(before.length, "fiche")}).`, () => add(before));
          const first = document.querySelector("h1");
          if (first instanceof HTMLElement) first.focus();
        } }, "Vider la sélection")),
    ); // prettier-ignore
    together();
  }

  async function refresh() {
    const ids = list().map(({ id }) => id);
    const fresh = ids.filter((id) => !known.has(id));
    if (fresh.length) {
      const found = await load(fresh);
      for (const sheet of found.sheets) known.set(sheet.id, sheet);
      banners.replaceChildren(...troubles({ ...found, sheets: ids.flatMap((id) => known.get(id) ?? []) }));
    }
    show();
  }
  show();
  changed(() => {
    show();
    void refresh();
  });
  void refresh();
}

const root = document.querySelector("[data-selection]");
if (root instanceof HTMLElement) {
  if (new URLSearchParams(location.search).get("f")) void shared(root);
  else own(root);
}
