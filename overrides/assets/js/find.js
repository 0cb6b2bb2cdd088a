// @ts-check
// The search box of the header: « / » opens it, proposals come as one types. Enter goes to the explorer, script or no script.

import { keep } from "./kept.js";
import { href, onFirstUse } from "./site.js";

/** @param {string} text */
async function sheetsFor(text) {
  const [{ ready, search }, { cards, outline }, { marked }] = await Promise.all([
    import("./search/search.js"), import("./catalogue.js"), import("./search/excerpt.js"),
  ]); // prettier-ignore
  const found = await search(text, { typing: true });
  const catalogue = outline((await ready()).rules);
  const best = found.hits.slice(0, 5).map(([place]) => place);
  const sheets = (await cards(catalogue, best)).map((card, number) => ({
    label: marked(card.titre, found),
    detail: catalogue.kinds[catalogue.kindOf[best[number]]].label,
    pick: () => location.assign(href(card.adresse)),
  }));
  return { found, sheets };
}

/** @param {string} text @returns {Promise<import("./combobox.js").Proposal[]>} */
async function proposals(text) {
  // Asked for only once a reader types.
  const communes = await import("./communes.js");
  const [{ found, sheets }, places] = await Promise.all([
    sheetsFor(text).catch(() => ({ found: null, sheets: [] })),
    communes.find(text, 3).catch(() => []),
  ]);
  const named = await Promise.all(
    places.map(async (one) => ({
      label: `Comme ${one.nom}`,
      detail: `${await communes.departementOf(one)} · expériences proches de cette commune`,
      pick: () => {
        keep(one.code);
        location.assign(href(`explorer/?commune=${one.code}&tri=ressemblance`));
      },
    })),
  );
  const spelt = found?.proposal && !sheets.length ? [found.proposal] : [];
  return [
    ...spelt.map((words) => ({ label: words, detail: "Vouliez-vous dire ?", pick: () => location.assign(href(`explorer/?q=${encodeURIComponent(words)}`)) })),
    ...sheets,
    ...named,
  ];
}

/** @param {HTMLFormElement} form @param {HTMLElement | null} opener the phone's button */
export function start(form, opener) {
  const input = form.querySelector("input");
  if (!input) return;
  onFirstUse(input, async () => (await import("./combobox.js")).combobox(input, "Propositions", proposals));
  const open = () => {
    form.classList.add("open");
    opener?.setAttribute("aria-expanded", "true");
    input.focus();
  };
  const close = () => {
    form.classList.remove("open");
    opener?.setAttribute("aria-expanded", "false");
  };
  opener?.setAttribute("role", "button");
  opener?.setAttribute("aria-expanded", "false");
  opener?.addEventListener("click", (event) => {
    event.preventDefault();
    if (form.classList.contains("open")) close();
    else open();
  });
  // A link that acts as a button answers to the space bar too.
  opener?.addEventListener("keydown", (event) => {
    if (event.key === " ") {
      event.preventDefault();
      opener.click();
    }
  });
  document.addEventListener("keydown", (event) => {
    const target = event.target;
    const typing = target instanceof HTMLElement && (target.isContentEditable || target.matches("textarea, select, input:not([type=checkbox], [type=radio])"));
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      open();
    } else if (event.key === "Escape" && target === input && form.classList.contains("open")) {
      close();
      opener?.focus();
    }
  });
}

const form = document.querySelector("form.find");
if (form instanceof HTMLFormElement) start(form, document.querySelector("a.find"));
