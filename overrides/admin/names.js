// @ts-check
// What a screen reader says of Decap's parts: names for the buttons of its lists, which have an icon only; one main part a page.

/** Buttons of the bar above a line, in their order. */
const BAR = ["Ouvrir ou fermer cette ligne", "Retirer cette ligne"];

/** @param {Element} root */
function name(root) {
  // Some of Decap's pages have one of their own.
  if (root.querySelector("main")) root.removeAttribute("role");
  else root.setAttribute("role", "main");
  // The bar that tells that something is loading: drawn, and said elsewhere.
  for (const drawn of document.querySelectorAll("body > canvas")) drawn.setAttribute("aria-hidden", "true");
  // A menu holds its items, with no list between.
  for (const list of document.querySelectorAll("[role=menu] > ul")) list.setAttribute("role", "presentation");
  for (const handle of root.querySelectorAll("[aria-roledescription=sortable]:not([aria-label])")) handle.setAttribute("aria-label", "Déplacer cette ligne");
  for (const bar of root.querySelectorAll("[class*=ListItemTopBar]")) {
    for (const [place, button] of [...bar.querySelectorAll("button")].entries()) {
      if (!button.textContent?.trim() && !button.hasAttribute("aria-label")) button.setAttribute("aria-label", BAR[Math.min(place, 1)]);
    }
  }
}

/** Names what is there and what comes. @param {Element} root of Decap's pages */
export function watch(root) {
  let waiting = false;
  new MutationObserver(() => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      name(root);
    });
  }).observe(document.body, { childList: true, subtree: true });
}
