// @ts-check
// « Partager »: the system's own sheet where the browser has one; the address in the bar where the site does not know its own.

import "./copy.js";

/** Opened from a folder, a page has no address that others could follow. */
const online = location.protocol.startsWith("http");

for (const place of document.querySelectorAll("[data-here]")) {
  if (place instanceof HTMLElement && online) place.textContent = location.origin + location.pathname;
}
for (const part of document.querySelectorAll("[data-online]")) {
  if (part instanceof HTMLElement && online) part.hidden = false;
}
for (const button of document.querySelectorAll("button[data-share]")) {
  if (!(button instanceof HTMLButtonElement) || !navigator.share || !online) continue;
  button.hidden = false;
  button.addEventListener("click", () => {
    const { share: url = "", titre: title = "" } = button.dataset;
    // Refused, or closed without a choice: the links are beside the button.
    navigator.share({ title, url: url || location.origin + location.pathname }).catch(() => {});
  });
}
