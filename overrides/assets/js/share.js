// @ts-check
// « Partager »: the system's own sheet where the browser has one; the address in the bar where the site does not know its own.

import "./copy.js";
import { el } from "./site.js";

/** Opened from a folder, a page has no address that others could follow. */
const online = location.protocol.startsWith("http");

for (const place of document.querySelectorAll("[data-here]")) {
  if (place instanceof HTMLElement && online) place.textContent = location.origin + location.pathname;
}
for (const part of document.querySelectorAll("[data-online]")) {
  if (part instanceof HTMLElement && online) part.hidden = false;
}
/** @param {HTMLElement} button that says what to share */
const shared = ({ dataset: { share: url = "", titre: title = "" } }) => navigator.share({ title, url: url || location.origin + location.pathname });

/** « Partager » at the head of a page. Its block is far below: on a phone the button opens the system's sheet from there, elsewhere the
 * link jumps, without a ride through the whole page. @param {HTMLAnchorElement} link @param {HTMLElement | null} button */
function shortcut(link, button) {
  const { style } = document.documentElement;
  link.addEventListener("click", () => {
    style.scrollBehavior = "auto";
    setTimeout(() => style.removeProperty("scroll-behavior"), 500);
  });
  if (!button || !matchMedia("(hover: none) and (pointer: coarse)").matches) return;
  const direct = el("button", { class: link.className, type: "button" }, ...link.childNodes);
  direct.addEventListener("click", () =>
    shared(button).catch((/** @type {unknown} */ wrong) => {
      // Closed without a choice: nothing more is wanted. Refused: the links are in the block.
      if (!(wrong instanceof DOMException && wrong.name === "AbortError")) link.click();
    }),
  );
  link.hidden = true;
  link.after(direct);
}

for (const button of document.querySelectorAll("button[data-share]")) {
  if (!(button instanceof HTMLButtonElement) || !navigator.share || !online) continue;
  button.hidden = false;
  // Refused, or closed without a choice: the links are beside the button.
  button.addEventListener("click", () => void shared(button).catch(() => {}));
}
for (const link of document.querySelectorAll("a[href='#fiche-partager']")) {
  if (link instanceof HTMLAnchorElement) shortcut(link, document.querySelector("button[data-share]:not([hidden])"));
}
