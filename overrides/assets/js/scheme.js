// @ts-check
// The reader's choice of colours, kept in this browser only. Without this script the site follows the device.

/** @typedef {"auto" | "light" | "dark"} Scheme */

const KEY = "essaim-couleurs";

/** @returns {Scheme} what was chosen before; storage may be refused */
export function stored() {
  try {
    const found = localStorage.getItem(KEY);
    return found === "light" || found === "dark" ? found : "auto";
  } catch {
    return "auto";
  }
}

/** @param {Scheme} scheme */
export function apply(scheme) {
  if (scheme === "auto") delete document.documentElement.dataset.scheme;
  else document.documentElement.dataset.scheme = scheme;
}

/** @param {Scheme} scheme */
export function keep(scheme) {
  try {
    if (scheme === "auto") localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, scheme);
  } catch {
    // The choice holds for this page only.
  }
}

/**
 * Shows the choice and follows it.
 * @param {ParentNode} root
 */
export function start(root) {
  const box = root.querySelector(".scheme");
  if (!(box instanceof HTMLElement)) return;
  for (const input of box.querySelectorAll("input")) {
    input.checked = input.value === stored();
    input.addEventListener("change", () => {
      const scheme = /** @type {Scheme} */ (input.value);
      apply(scheme);
      keep(scheme);
    });
  }
  box.hidden = false;
}

apply(stored());
// With blocking="render" it may run before the footer is there.
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => start(document));
else start(document);
