// @ts-check
// What is offered for a web conference to come goes once it is past, and a list says so: only the reader's clock knows, the build reads none.

/** @param {ParentNode} root @param {number} now milliseconds, as ``Date.now()`` */
export function start(root, now) {
  for (const part of root.querySelectorAll("[data-until]")) {
    if (part instanceof HTMLElement) part.hidden = Date.parse(part.dataset.until ?? "") <= now;
  }
  for (const part of root.querySelectorAll("[data-from]")) {
    if (part instanceof HTMLElement) part.hidden = Date.parse(part.dataset.from ?? "") > now;
  }
}

start(document, Date.now());
