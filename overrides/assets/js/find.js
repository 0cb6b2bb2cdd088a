// @ts-check
// The search box of the header: « / » opens it, proposals come as one types. Enter goes to the explorer, script or no script.

import { ROOT } from "./site.js";

/** @param {string} text @returns {Promise<import("./combobox.js").Proposal[]>} */
async function proposals(text) {
  // Asked for only once a reader types.
  const [{ search }, catalogues, communes, { marked }] = await Promise.all([
    import("./search/search.js"), import("./catalogue.js"), import("./communes.js"), import("./search/excerpt.js"),
  ]); // prettier-ignore
  const [found, catalogue, places] = await Promise.all([
    search(text, { typing: true }),
    catalogues.load(),
    communes.find(text, 3).catch(() => []),
  ]);
  const best = found.hits.slice(0, 6).map(([place]) => place);
  const cards = await catalogues.cards(catalogue, best);
  const sheets = cards.map((card, number) => ({
    label: marked(card.titre, found),
    detail: catalogue.kinds[catalogue.kindOf[best[number]]].label,
    pick: () => location.assign(ROOT + card.adresse),
  }));
  const named = await Promise.all(
    places.map(async (one) => ({
      label: `Comme ${one.nom}`,
      detail: `${await communes.departementOf(one)} · expériences proches de cette commune`,
      pick: () => location.assign(`${ROOT}explorer/?commune=${one.code}`),
    })),
  );
  const spelt = found.proposal && !sheets.length ? [found.proposal] : [];
  return [
    ...spelt.map((words) => ({ label: words, detail: "Vouliez-vous dire ?", pick: () => location.assign(`${ROOT}explorer/?q=${encodeURIComponent(words)}`) })),
    ...sheets,
    ...named,
  ];
}

/** @param {HTMLFormElement} form @param {HTMLElement | null} opener the phone's button */
export function start(form, opener) {
  const input = form.querySelector("input");
  if (!input) return;
  input.addEventListener("focus", async () => (await import("./combobox.js")).combobox(input, "Propositions", proposals), { once: true });
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
    const typing = target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
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
