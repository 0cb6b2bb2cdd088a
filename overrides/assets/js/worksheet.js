// @ts-check
// A worksheet that can be filled in. Nothing more is fetched until she starts, or comes back to what she began.

import { read } from "./store.js";

const section = document.querySelector("section[data-worksheet]");
const button = section?.querySelector("button[data-fill]");
if (section instanceof HTMLElement && button instanceof HTMLButtonElement) {
  const begin = async (/** @type {boolean} */ asked) => {
    button.disabled = true;
    try {
      await (await import("./worksheet-live.js")).start(section, asked);
      button.hidden = true;
    } catch {
      button.disabled = false;
      button.textContent = "Réessayer : la fiche-outil ne se charge pas";
    }
  };
  button.hidden = false;
  button.addEventListener("click", () => void begin(true));
  if (read(`outil-${section.dataset.worksheet}`)) void begin(false);
}
