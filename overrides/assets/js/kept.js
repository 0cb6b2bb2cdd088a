// @ts-check
// The commune that the reader keeps in her browser, and nowhere else.

const KEY = "essaim-commune";

/** @returns {string} the INSEE code that was kept, or nothing; storage may be refused */
export function kept() {
  try {
    return localStorage.getItem(KEY) ?? "";
  } catch {
    return "";
  }
}

/** @param {string} code nothing to forget */
export function keep(code) {
  try {
    if (code) localStorage.setItem(KEY, code);
    else localStorage.removeItem(KEY);
  } catch {
    // It holds for this page only.
  }
}
