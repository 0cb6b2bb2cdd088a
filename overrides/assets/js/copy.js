// @ts-check
// Copy buttons: data-copy="#id" copies what an element shows or holds, any other value is copied as it is. Hidden without JavaScript.

import { say } from "./keep.js";
import { el } from "./site.js";

/** Milliseconds during which the button itself says that it is done. */
const SHOWN = 2500;

/** @param {Element} element */
const held = (element) => (element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement ? element.value : (element.textContent ?? "").trim());

/** @param {HTMLButtonElement} button */
export async function copy(button) {
  const wanted = button.dataset.copy ?? "";
  const source = wanted.startsWith("#") ? document.getElementById(wanted.slice(1)) : null;
  const text = source ? held(source) : wanted;
  const word = button.querySelector("span:not(.hidden)") ?? button;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    byHand(button, source, text);
    say("Le navigateur ne copie pas : copiez le texte sélectionné.");
    return;
  }
  say("Copié.");
  if (button.dataset.copied) return; // it says so already
  button.dataset.copied = word.textContent ?? "";
  word.textContent = "Copié";
  setTimeout(() => {
    word.textContent = button.dataset.copied ?? "";
    delete button.dataset.copied;
  }, SHOWN);
}

/** The text, selected, for who copies it with the keyboard. @param {HTMLButtonElement} button @param {HTMLElement | null} source @param {string} text */
function byHand(button, source, text) {
  if (source instanceof HTMLInputElement || source instanceof HTMLTextAreaElement) {
    source.focus();
    source.select();
  } else if (source) {
    getSelection()?.selectAllChildren(source);
  } else {
    const input = /** @type {HTMLInputElement} */ (el("input", { type: "text", readonly: true, value: text, "aria-label": "Texte à copier" }));
    button.after(input);
    input.select();
  }
}

/** @param {ParentNode} root */
export function start(root) {
  for (const button of root.querySelectorAll("button[data-copy]")) {
    if (!(button instanceof HTMLButtonElement)) continue;
    button.hidden = false;
    button.addEventListener("click", () => copy(button));
  }
}

start(document);
