// @ts-check
// A worksheet, filled in: rows added, moved, removed; kept in this browser; taken out and read back.

import { picker } from "./files.js";
import { say } from "./keep.js";
import { el, fetchJson, href, plural, ROOT } from "./site.js";
import { erase, read, watch } from "./store.js";
import { amount, kept, MOST, row, step } from "./worksheet-rows.js";

/** @typedef {import("./worksheet-rows.js").Row} Row */
/** @typedef {import("./worksheet-rows.js").Worksheet} Worksheet */

/** What only a worksheet that is filled in needs. */
function dress() {
  return new Promise((resolve, reject) => {
    document.head.append(el("link", { rel: "stylesheet", href: `${ROOT}assets/css/worksheet-live.css`, load: () => resolve(null), error: () => reject(new Error("css")) }));
  });
}

const SCALE = ["–", "0", "1", "2", "3", "4"];

/**
 * @param {HTMLElement} section
 * @param {boolean} asked whether she just pressed the button: the focus goes to the first cell
 */
export async function start(section, asked) {
  const id = section.dataset.worksheet ?? "";
  const dressed = dress();
  /** @type {Worksheet} */
  const sheet = await fetchJson(`methodes/${id}/fiche-outil.json`);
  await dressed;
  const store = kept(sheet);
  const table = /** @type {HTMLTableElement} */ (section.querySelector(".scroll > table"));
  const scroll = /** @type {HTMLElement} */ (table.parentElement);
  const body = table.tBodies[0];
  const width = sheet.colonnes.length;
  table.tHead?.rows[0].append(el("th", { scope: "col", class: "does" }, el("span", { class: "hidden" }, "Ligne")));
  section.classList.add("live");

  /** @type {Map<string, HTMLTableRowElement>} */
  const rows = new Map();
  const state = el("p", { class: "state", role: "status" });
  const undo = el("p", { class: "undo", hidden: true });
  const asking = el("div");

  /** All of it as it was: offered until she writes something new. @param {string} text @param {any} before what was kept */
  function undoable(text, before) {
    undo.hidden = false;
    undo.dataset.whole = "true";
    undo.replaceChildren(text, " ", el("button", { type: "button", class: "link", click: () => {
      if (before === null) erase(store.name);
      else store.restore(before);
      undo.hidden = true;
      say("C’est remis.");
    } }, "Annuler")); // prettier-ignore
    say(text);
  }

  /** @param {string} text @param {() => void} action @param {string} [label] */
  function offer(text, action, label = "Reprendre ce texte") {
    undo.hidden = false;
    delete undo.dataset.whole;
    undo.replaceChildren(text, " ", el("button", { type: "button", class: "link", click: () => {
      action();
      undo.hidden = true;
    } }, label)); // prettier-ignore
    say(text);
  }

  /** One cell. @param {Row} one @param {number} column */
  function cell(one, column) {
    const [titre, , saisie] = sheet.colonnes[column];
    const host = el(column ? "td" : "th", column ? { "data-label": titre } : { scope: "row", "data-label": titre });
    if (saisie === "echelle") {
      const select = /** @type {HTMLSelectElement} */ (el("select", {}, ...SCALE.map((text, place) => el("option", { value: place ? text : "" }, text))));
      select.addEventListener("change", () => store.cell(one.id, column, select.value));
      host.append(select, el("span", { class: "odd", hidden: true }));
    } else {
      const area = /** @type {HTMLTextAreaElement} */ (el("textarea", { rows: "1", maxlength: "5000", ...(saisie === "euros" ? { inputmode: "decimal" } : {}) }));
      const grow = el("div", { class: "grow" }, area);
      // What this cell held when she last saw or wrote it.
      area.addEventListener("focus", () => (area.dataset.seen = area.value));
      area.addEventListener("blur", () => setTimeout(show)); // what came while she was there
      area.addEventListener("input", () => {
        grow.dataset.text = area.value;
        const now = store.get().lignes.find(({ id: other }) => other === one.id)?.c[column] ?? "";
        const seen = area.dataset.seen ?? now;
        area.dataset.seen = area.value;
        store.cell(one.id, column, area.value);
        // Her other tab wrote here meanwhile.
        if (now !== seen) offer(`Un autre onglet avait écrit « ${now} » dans cette case.`, () => {
          area.value = now;
          area.dataset.seen = now;
          store.cell(one.id, column, now);
        }); // prettier-ignore
      });
      host.append(grow);
      if (saisie === "euros") host.append(el("span", { class: "odd", hidden: true }, "Ce n’est pas un montant en euros : il n’est pas compté."));
    }
    return host;
  }

  /** @param {Row} one */
  function made(one) {
    /** @param {string} label @param {string} sign @param {() => void} click @param {string} does */
    const button = (label, sign, click, does) => el("button", { type: "button", class: "icon", title: label, "data-does": does, click }, el("span", { "aria-hidden": "true" }, sign));
    /** @param {number} by */
    const shift = (by) => () => {
      store.move(one.id, by);
      const line = rows.get(one.id);
      const again = line?.querySelector(`[data-does="${by < 0 ? "up" : "down"}"]`);
      const other = line?.querySelector(`[data-does="${by < 0 ? "down" : "up"}"]`);
      const focus = again instanceof HTMLButtonElement && !again.disabled ? again : other;
      if (focus instanceof HTMLElement) focus.focus();
      say(`Ligne ${(line?.sectionRowIndex ?? 0) + 1} sur ${rows.size}.`);
    };
    const line = /** @type {HTMLTableRowElement} */ (el("tr", { "data-row": one.id },
      ...Array.from({ length: width }, (_, column) => cell(one, column)),
      el("td", { class: "does" }, button("Monter", "↑", shift(-1), "up"), " ", button("Descendre", "↓", shift(1), "down"), " ", button("Retirer", "×", () => {
        const { lignes } = store.get();
        const place = line.sectionRowIndex;
        store.remove(one.id);
        offer("La ligne est retirée.", () => store.insert(lignes[place], place), "Annuler");
        const next = body.rows[Math.min(place, body.rows.length - 1)]?.querySelector("textarea, select") ?? add;
        if (next instanceof HTMLElement) next.focus();
      }, "remove")))); // prettier-ignore
    return line;
  }

  /** Brings a row of the page to what is kept; never under her pen. @param {HTMLTableRowElement} line @param {Row} one @param {number} place @param {number} count */
  function fill(line, one, place, count) {
    const name = one.c[0].trim().slice(0, 60) || `ligne ${place + 1}`;
    one.c.forEach((text, column) => {
      const host = line.cells[column];
      const field = host.querySelector("textarea, select");
      if (!(field instanceof HTMLTextAreaElement || field instanceof HTMLSelectElement)) return;
      if (field.value !== text && document.activeElement !== field) field.value = text;
      if (field instanceof HTMLSelectElement && step(text) === null && document.activeElement !== field) field.value = "";
      const label = column ? `${sheet.colonnes[column][0]}, ${name}` : `${sheet.colonnes[0][0]}, ligne ${place + 1}`;
      if (field.getAttribute("aria-label") !== label) field.setAttribute("aria-label", label);
      if (host.firstElementChild instanceof HTMLElement && host.firstElementChild.className === "grow") host.firstElementChild.dataset.text = field.value;
      const odd = host.querySelector(".odd");
      if (!(odd instanceof HTMLElement)) return;
      if (field instanceof HTMLSelectElement) {
        // From a file: it is kept, and said.
        odd.hidden = !text.trim() || step(text) !== null;
        odd.textContent = `« ${text.slice(0, 40)} » n’est pas une note de 0 à 4 : choisissez-en une.`;
      } else {
        const value = amount(text);
        odd.hidden = value === null || value >= 0;
      }
    });
    for (const button of line.querySelectorAll("[data-does]")) {
      if (!(button instanceof HTMLButtonElement)) continue;
      button.setAttribute("aria-label", `${button.title} : ${name}`);
      button.disabled = (button.dataset.does === "up" && place === 0) || (button.dataset.does === "down" && place === count - 1);
    }
  }

  /** @type {string} */
  let drawn = "";
  /** @type {((rows: Row[], total: string) => void)[]} */
  const extras = [];
  function show() {
    const { lignes, total = "", le } = store.get();
    const order = lignes.map((one) => one.id).join();
    if (order !== drawn) {
      drawn = order;
      const ids = new Set(lignes.map((one) => one.id));
      for (const [id, line] of rows) {
        if (!ids.has(id)) {
          if (line.contains(document.activeElement) && document.activeElement?.matches("textarea, select")) {
            const c = [...line.querySelectorAll("textarea, select")].map((field) => /** @type {HTMLTextAreaElement} */ (field).value);
            const at = line.sectionRowIndex;
            offer("Un autre onglet a retiré la ligne que vous écriviez.", () => store.insert({ id, c }, at), "La remettre");
          }
          line.remove();
          rows.delete(id);
        }
      }
      lignes.forEach((one, place) => {
        const line = rows.get(one.id) ?? made(one);
        rows.set(one.id, line);
        if (body.rows[place] !== line) body.insertBefore(line, body.rows[place] ?? null);
      });
    }
    lignes.forEach((one, place) => fill(/** @type {HTMLTableRowElement} */ (rows.get(one.id)), one, place, lignes.length));
    const rest = lignes.flatMap(({ c, reste }) => Object.entries(reste ?? {}).map(([titre, text]) => `${c[0] || "sans nom"}, ${titre} : ${text}`));
    aside.hidden = !rest.length;
    aside.replaceChildren(el("p", {}, "Cette fiche-outil a changé depuis. Ce que vous aviez écrit dans des colonnes qui n’existent plus est gardé, et s’exporte :"), el("ul", {}, ...rest.map((text) => el("li", {}, text))));
    state.textContent = store.begun() ? `Gardé dans ce navigateur, et nulle part ailleurs${le ? `. Dernier changement le ${le.split("-").reverse().join("/")}` : ""}.` : "Rien n’est encore écrit. Ce que vous écrirez restera dans ce navigateur.";
    for (const extra of extras) extra(lignes, total);
  }

  /**
   * Puts rows in the place of hers, or after them: asked first when something of hers is there.
   * @param {Row[]} incoming @param {string} what @param {string} [total]
   */
  function take(incoming, what, total) {
    const { lignes } = store.get();
    const before = read(store.name);
    const written = lignes.filter(({ c }) => c.some((text, column) => text.trim() && !(column === 0 && sheet.lignes.includes(text))));
    /** @param {boolean} after */
    const put = (after) => {
      asking.replaceChildren();
      const next = after ? [...lignes.filter(({ c }) => c.some((text) => text.trim())), ...incoming] : incoming;
      if (next.length > MOST) {
        say(`Pas plus de ${MOST} lignes : rien n’est changé.`);
        return;
      }
      store.replace(next, total === undefined || after ? {} : { total });
      undoable(`${what} : ${plural(incoming.length, "ligne")}.`, before);
      add.focus();
    };
    if (!written.length) {
      put(false);
      return;
    }
    const first = el("button", { type: "button", class: "btn main", click: () => put(false) }, "Remplacer");
    asking.replaceChildren(el("div", { class: "ask-first", role: "group", "aria-label": what },
      el("p", {}, `Votre fiche-outil a déjà ${plural(written.length, "ligne écrite", "lignes écrites")}. Que faire ?`),
      el("p", { class: "tools-line" }, first, el("button", { type: "button", class: "btn", click: () => put(true) }, "Ajouter à la suite"), el("button", { type: "button", class: "link", click: () => {
        asking.replaceChildren();
        add.focus();
      } }, "Ne rien changer")))); // prettier-ignore
    first.focus();
  }

  const add = el("button", { type: "button", class: "btn", click: () => {
    if (store.get().lignes.length >= MOST) {
      say(`Pas plus de ${MOST} lignes.`);
      return;
    }
    const line = rows.get(store.add());
    const field = line?.querySelector("textarea, select");
    if (field instanceof HTMLElement) field.focus();
  } }, "Ajouter une ligne"); // prettier-ignore
  const wipe = el("button", { type: "button", class: "link", click: () => {
    const before = read(store.name);
    erase(store.name);
    undoable("La fiche-outil est effacée de ce navigateur.", before);
  } }, "Tout effacer"); // prettier-ignore
  const { button: back, failed } = picker("Reprendre un fichier", ".csv,.json,text/csv,application/json", async (chosen) => {
    const files = await import("./worksheet-files.js");
    const { rows: found, total } = await files.open(chosen, sheet);
    take(found, `« ${chosen.name} » est lu`, total);
  }, "Votre fiche-outil n’a pas changé."); // prettier-ignore
  /** @param {"csv" | "json"} kind */
  const out = (kind) => el("button", { type: "button", class: "btn", click: async () => (await import("./worksheet-files.js")).save(kind, sheet, store.get()) }, `Exporter en ${kind.toUpperCase()}`);
  const aside = el("div", { class: "example", hidden: true });
  const shown = el("div");

  scroll.after(
    el("p", { class: "tools-line" }, add, out("csv"), out("json"), back, wipe),
    failed, asking, undo, state, aside,
    sheet.exemples.length ? examples() : "", shown,
  ); // prettier-ignore

  function examples() {
    const choice = /** @type {HTMLSelectElement} */ (el("select", { id: "fiche-exemple" }, ...sheet.exemples.map(({ titre }, place) => el("option", { value: String(place) }, titre))));
    return el("p", { class: "tools-line" }, el("label", { for: choice.id }, "Voir un exemple"), choice, el("button", { type: "button", class: "btn", click: () => {
      const { titre, adresse, lignes } = sheet.exemples[Number(choice.value)];
      const head = el("h3", { tabindex: "-1" }, `Exemple : ${titre}`);
      shown.replaceChildren(el("div", { class: "example" }, head,
        el("p", {}, "D’après ", el("a", { href: href(adresse) }, "sa fiche"), ", telle qu’elle est publiée. Les cases vides sont celles que chacun remplit."),
        el("div", { class: "scroll", role: "region", "aria-label": `Exemple : ${titre}`, tabindex: "0" }, el("table", { class: "stack" },
          el("thead", {}, el("tr", {}, ...sheet.colonnes.map(([name]) => el("th", { scope: "col" }, name)))),
          el("tbody", {}, ...lignes.map((cells) => el("tr", {}, ...cells.map((text, column) => el("td", { "data-label": sheet.colonnes[column][0] }, text === null ? el("span", { class: "nc" }, "Non communiqué") : text))))))),
        el("p", { class: "tools-line" }, el("button", { type: "button", class: "btn", click: () => take(lignes.map((cells) => row(cells.map((text) => text ?? "non communiqué"), width)), `L’exemple « ${titre} » est repris`, "") }, "Partir de cet exemple"),
          el("button", { type: "button", class: "link", click: () => {
            shown.replaceChildren();
            choice.focus();
          } }, "Fermer l’exemple")))); // prettier-ignore
      head.focus();
    } }, "Montrer")); // prettier-ignore
  }

  if (sheet.colonnes.some(([, , saisie]) => saisie === "euros")) extras.push((await import("./worksheet-money.js")).panel(shown, sheet, store));
  if (sheet.colonnes.filter(([, , saisie]) => saisie === "echelle").length === 2) extras.push((await import("./worksheet-chart.js")).panel(shown, sheet, store));
  section.addEventListener("input", () => {
    if (undo.dataset.whole) undo.hidden = true;
  });
  body.replaceChildren();
  watch(store.name, show);
  show();
  if (asked) body.querySelector("textarea")?.focus();
}
