// @ts-check
// Files that a reader takes out and brings back.

import { el } from "./site.js";

/** @param {string} name @param {string} type @param {string} text */
export function download(name, type, text) {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const anchor = document.createElement("a");
  anchor.href = url;
  anchor.download = name;
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/**
 * A button that opens a file, and the line that says why one is refused.
 * @param {string} label @param {string} accept
 * @param {(file: File) => Promise<void>} take throws an Error with the reason, in French
 * @param {string} safe what is said to be unharmed
 */
export function picker(label, accept, take, safe) {
  const failed = el("p", { class: "banner", role: "alert", hidden: true });
  const file = /** @type {HTMLInputElement} */ (el("input", { type: "file", accept }));
  file.addEventListener("change", async () => {
    const chosen = file.files?.[0];
    file.value = "";
    if (!chosen) return;
    failed.hidden = true;
    try {
      await take(chosen);
    } catch (error) {
      failed.hidden = false;
      failed.textContent = `« ${chosen.name} » n’est pas repris : ${error instanceof Error ? error.message : "il ne se lit pas"}. ${safe}`;
    }
  });
  return { button: el("label", { class: "btn file" }, label, file), failed };
}
