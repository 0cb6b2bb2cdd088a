// @ts-check
// CSS shows the definition of a glossary term on hover and focus. This lets Escape put it away (WCAG 1.4.13).

/** @param {HTMLElement} term a .terme, until the pointer or the focus comes back to it */
export function dismiss(term) {
  term.dataset.closed = "";
  const reopen = () => {
    delete term.dataset.closed;
    term.removeEventListener("pointerenter", reopen);
    term.removeEventListener("focusin", reopen);
  };
  term.addEventListener("pointerenter", reopen);
  term.addEventListener("focusin", reopen);
}

/** @param {Document} page */
export function start(page) {
  page.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const term of page.querySelectorAll(".terme:hover, .terme:focus-within")) {
      if (term instanceof HTMLElement) dismiss(term);
    }
  });
}

start(document);
