// @ts-check
// Print buttons: the page, or its worksheet alone (css/print.css). They are hidden without JavaScript.

/** @param {string} part what to print alone, or "" for the page */
export function print(part) {
  const name = part && `print-${part}`;
  if (name) document.body.classList.add(name);
  addEventListener("afterprint", () => name && document.body.classList.remove(name), { once: true });
  window.print();
}

/** @param {ParentNode} root */
export function start(root) {
  for (const button of root.querySelectorAll("button[data-print]")) {
    if (!(button instanceof HTMLButtonElement)) continue;
    button.hidden = false;
    button.addEventListener("click", () => print(button.dataset.print ?? ""));
  }
}

start(document);
