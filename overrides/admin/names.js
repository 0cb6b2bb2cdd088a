// @ts-check
// What a screen reader says of Decap's parts: names for the buttons of its lists, which have an icon only, or English words; one
// main part a page.

/** Buttons of the bar above a line, in their order. */
const BAR = ["Ouvrir ou fermer cette ligne", "Retirer cette ligne"];
/** What Decap says of its buttons, and what the label of their field says. */
const TODAY = "Aujourd’hui";

/** The label of the field that something is in. @param {Element} part */
const field = (part) => part.closest("[class*='-ControlContainer']")?.querySelector("label")?.firstChild?.textContent?.trim() ?? "";

/** @param {Element} root */
function name(root) {
  // Some of Decap's pages have one of their own.
  if (root.querySelector("main")) root.removeAttribute("role");
  else root.setAttribute("role", "main");
  // The bar that tells that something is loading: drawn, and said elsewhere.
  for (const drawn of document.querySelectorAll("body > canvas")) drawn.setAttribute("aria-hidden", "true");
  // A menu holds its items, with no list between.
  for (const list of document.querySelectorAll("[role=menu] > ul")) list.setAttribute("role", "presentation");
  for (const handle of root.querySelectorAll("[aria-roledescription=sortable]")) {
    handle.setAttribute("aria-roledescription", "ligne à déplacer");
    handle.setAttribute("aria-label", "Déplacer cette ligne");
  }
  for (const bar of root.querySelectorAll("[class*=ListItemTopBar]")) {
    for (const [place, button] of [...bar.querySelectorAll("button")].entries()) {
      if (!button.textContent?.trim() && !button.hasAttribute("aria-label")) button.setAttribute("aria-label", BAR[Math.min(place, 1)]);
    }
  }
  for (const button of root.querySelectorAll("[aria-label^='Remove ']")) button.setAttribute("aria-label", (button.getAttribute("aria-label") ?? "").replace("Remove", "Retirer"));
  for (const button of root.querySelectorAll(`[aria-label="${TODAY}"]`)) {
    button.setAttribute("aria-label", `${TODAY} : ${field(button)}`);
    button.nextElementSibling?.setAttribute("aria-label", `Effacer : ${field(button)}`);
  }
  for (const button of root.querySelectorAll("[class*=AddButton]:not([aria-label])")) button.setAttribute("aria-label", `Ajouter : ${field(button)}`);
  for (const button of root.querySelectorAll("[data-testid=expand-button]")) {
    const said = button.getAttribute("aria-label") ?? "";
    if (!said.includes(" : ")) button.setAttribute("aria-label", `${said} : ${field(button)}`);
  }
}

/** Names what is there and what comes. @param {Element} root of Decap's pages @param {() => void} then */
export function watch(root, then) {
  let waiting = false;
  new MutationObserver(() => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      name(root);
      then();
    });
  }).observe(document.body, { childList: true, subtree: true, attributeFilter: ["aria-label"] });
}
