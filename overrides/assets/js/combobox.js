// @ts-check
// An input with a list of proposals below, as ARIA's « combobox » pattern wants it.

import { el } from "./site.js";

/**
 * @typedef {{label: Node | string, detail?: string, pick: () => void}} Proposal
 */

let number = 0;

/**
 * @param {HTMLInputElement} input
 * @param {string} label of the list, for screen readers
 * @param {(text: string) => Promise<Proposal[]>} source
 * @param {{least?: number, enter?: boolean}} [options] `least`: characters from which proposals are asked for; `enter`: with none chosen, Enter takes the first
 */
export function combobox(input, label, source, { least = 2, enter = false } = {}) {
  const list = el("ul", { role: "listbox", "aria-label": label, id: `fiche-liste-${++number}`, class: "proposals", hidden: true });
  const status = el("span", { role: "status", class: "hidden" });
  input.after(list, status);
  for (const [key, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id, autocomplete: "off" })) {
    input.setAttribute(key, value);
  }
  /** @type {Proposal[]} */
  let proposals = [];
  let active = -1;
  let asked = 0;
  let timer = 0;

  const close = () => {
    asked++;
    clearTimeout(timer);
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  /** @param {number} place */
  const move = (place) => {
    active = place;
    for (const [at, option] of [...list.children].entries()) option.setAttribute("aria-selected", String(at === place));
    if (place < 0) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", list.children[place].id);
    list.children[place].scrollIntoView({ block: "nearest" });
  };
  /** @param {Proposal} proposal */
  const pick = (proposal) => {
    close();
    proposal.pick();
  };
  const ask = async () => {
    const mine = ++asked;
    const text = input.value;
    let found = /** @type {Proposal[]} */ ([]);
    try {
      if (text.trim().length >= least) found = await source(text);
    } catch {
      // No proposals: the box itself still works.
    }
    if (mine !== asked) return;
    proposals = found;
    list.replaceChildren(
      ...found.map((one, place) => {
        const option = el("li", { role: "option", id: `${list.id}-${place}`, "aria-selected": "false" }, el("span", {}, one.label));
        if (one.detail) option.append(" ", el("small", {}, one.detail));
        // Before the input loses the focus.
        option.addEventListener("pointerdown", (event) => event.preventDefault());
        option.addEventListener("click", () => pick(one));
        return option;
      }),
    );
    active = -1;
    list.hidden = !found.length;
    input.setAttribute("aria-expanded", String(found.length > 0));
    input.removeAttribute("aria-activedescendant");
    status.textContent = text.trim().length < least ? "" : found.length ? `${found.length} propositions, flèches pour choisir` : "Aucune proposition";
  };

  input.addEventListener("input", () => {
    // What is still shown answers another text: it can be pressed, but no key chooses in it.
    proposals = [];
    active = -1;
    input.removeAttribute("aria-activedescendant");
    clearTimeout(timer);
    timer = setTimeout(ask, 120);
  });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", async (event) => {
    if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      event.stopPropagation();
      close();
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && proposals.length && !list.hidden) {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      move(((active + step + 1 + proposals.length + 1) % (proposals.length + 1)) - 1);
    } else if (event.key === "Enter" && active >= 0 && !list.hidden) {
      event.preventDefault();
      pick(proposals[active]);
    } else if (event.key === "Enter" && enter) {
      event.preventDefault();
      clearTimeout(timer);
      await ask();
      if (proposals.length) pick(proposals[0]);
    }
  });
  // Typed before this script was there.
  if (document.activeElement === input && input.value) void ask();
}
