// @ts-check
// The phone menu is a <details>: it opens by itself. This closes it on Escape, and on a press outside.

/** @param {HTMLDetailsElement} menu */
export function start(menu) {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary")?.focus();
  });
  document.addEventListener("pointerdown", (event) => {
    if (menu.open && event.target instanceof Node && !menu.contains(event.target)) menu.open = false;
  });
}

const menu = document.querySelector("details.menu");
if (menu instanceof HTMLDetailsElement) start(menu);
