// @ts-check
// A sheet that can't be saved: which fields are in the way, all of them, and the first one under the cursor. Decap CMS only
// marks them in red, wherever they are, and says something when a required one is empty.

import { el } from "../assets/js/site.js";

/** What Decap says of its own, when it says something. */
export const SAID = "Rien n’est enregistré : des champs sont à corriger.";

const ERRORS = "[class*=ControlErrorsList]";
const BOX = "[class*='-ControlContainer']";

/** @param {Element} box of a field */
const label = (box) => (box.querySelector("label")?.firstChild?.textContent ?? "").trim();

/** What a field is called, after those that it is inside of. @param {Element} box */
function named(box) {
  const names = [label(box)];
  for (let outer = box.parentElement?.closest(BOX); outer; outer = outer.parentElement?.closest(BOX)) names.unshift(label(outer));
  return names.filter(Boolean).join(" › ");
}

/** Boxes of the fields that are wrong, in the order of the page. */
const wrong = () => /** @type {Element[]} */ ([...document.querySelectorAll(ERRORS)].map((list) => list.closest(BOX)).filter(Boolean));

/** Opens the lines that a field is in. @param {Element} box */
function reveal(box) {
  for (let line = box.closest("[class*=ListItem]"); line; line = line.parentElement?.closest("[class*=ListItem]") ?? null) {
    const bar = line.querySelector("[class*=ListItemTopBar]");
    const body = bar?.parentElement?.lastElementChild;
    if (bar && body instanceof HTMLElement && !body.offsetParent) /** @type {HTMLElement | null} */ (bar.querySelector("button"))?.click();
  }
}

/** @param {Element} box */
function go(box) {
  reveal(box);
  requestAnimationFrame(() => {
    const boxes = [...box.querySelectorAll("input:not([type=hidden]), textarea")];
    const target = /** @type {HTMLElement | null} */ (boxes.find((one) => one instanceof HTMLElement && one.offsetParent) ?? box.querySelector("[class*=AddButton]"));
    box.scrollIntoView({ block: box.clientHeight < innerHeight / 2 ? "center" : "start" });
    target?.focus({ preventScroll: true });
  });
}

/** @type {HTMLElement | null} */
let panel = null;

function close() {
  panel?.remove();
  panel = null;
}

/** @param {Element[]} boxes */
function names(boxes) {
  return boxes.map((box) => {
    const button = el("button", { type: "button" }, named(box));
    button.addEventListener("click", () => go(box));
    return el("li", {}, button);
  });
}

function tell() {
  close();
  const boxes = wrong();
  if (!boxes.length) return;
  const shut = el("button", { type: "button", class: "fermer" }, "Fermer");
  shut.addEventListener("click", close);
  const words = el("div", { role: "alert" }, el("p", {}, boxes.length > 1 ? `Rien n’est enregistré : ${boxes.length} champs sont à corriger.` : "Rien n’est enregistré : un champ est à corriger."), el("ul", {}, ...names(boxes)));
  panel = el("section", { class: "refus", "aria-label": "Champs à corriger" }, words, shut);
  document.body.append(panel);
  go(boxes[0]);
}

/** As the page changes: what was corrected is no longer told, nor Decap's own words beside ours. */
export function follow() {
  for (const toast of document.querySelectorAll(".Toastify__toast")) {
    if (toast instanceof HTMLElement && toast.textContent?.includes(SAID)) toast.hidden = true;
  }
  if (!panel) return;
  const boxes = wrong();
  if (!boxes.length) return close();
  const list = panel.querySelector("ul");
  if (list && list.children.length !== boxes.length) list.replaceChildren(...names(boxes));
}

/** Decap tells that it did not save by a promise that nobody waits for: rejected with nothing, or with what its toast says. */
export function watch() {
  addEventListener("unhandledrejection", (event) => {
    const { reason } = event;
    if (reason !== undefined && !/PERSIST_FAILURE$/.test(reason?.type ?? "")) return;
    event.preventDefault();
    // Once its menu has given the focus back.
    if (reason === undefined) setTimeout(tell, 100);
  });
}
