// @ts-check
// Questions put to an audience, to be played: a choice, then what the slides say. Neither right nor wrong: they name no good answer.

import { say } from "./keep.js";
import { el } from "./site.js";
import { erase, read, update, watch } from "./store.js";

/** What stands here of the choices that were kept: question → answer, both in full, so that a sheet may be corrected. @param {any} value @returns {Record<string, string>} */
const valid = (value) => Object.fromEntries(Object.entries(value ?? {}).filter(([, answer]) => typeof answer === "string"));

/** @param {HTMLElement} root */
function start(root) {
  const name = `questions-${root.dataset.quiz}`;
  const all = el("button", { type: "button", class: "btn" });
  const wipe = el("button", { type: "button", class: "btn", click: () => {
    erase(name);
    say("Vos réponses sont effacées de ce navigateur.");
    root.querySelector("h2")?.focus();
  } }, "Effacer mes réponses"); // prettier-ignore
  const plays = [...root.querySelectorAll(".question")].flatMap((box, place) => play(/** @type {HTMLElement} */ (box), place, name));
  if (!plays.length) return;
  const heading = root.querySelector("h2");
  heading?.setAttribute("tabindex", "-1");
  heading?.after(
    el("p", { class: "rule" }, "Choisissez, puis lisez ce qu’en disent les diapositives. Vos choix restent dans ce navigateur : rien n’est envoyé, ni compté."),
    el("p", { class: "acts" }, all, wipe),
  );
  all.addEventListener("click", () => {
    const open = plays.some(({ shown }) => !shown());
    for (const one of plays) one.show(open);
    say(open ? "Tous les éclairages sont affichés." : "Les éclairages sont masqués.");
  });
  const refresh = () => {
    const kept = valid(read(name));
    for (const one of plays) one.refresh(kept);
    wipe.hidden = !Object.keys(kept).length;
  };
  const label = () => (all.textContent = plays.some(({ shown }) => !shown()) ? "Tout afficher" : "Tout masquer");
  root.addEventListener("shown", label);
  const arrive = () => plays.find(({ id }) => `#${id}` === location.hash)?.show(true);
  addEventListener("hashchange", arrive);
  watch(name, refresh);
  label();
  refresh();
  arrive();
}

/** Makes one question playable; gives nothing where there is nothing to reveal. @param {HTMLElement} box @param {number} place @param {string} name */
function play(box, place, name) {
  const heading = box.querySelector("h3");
  const light = box.querySelector(".light");
  const replies = box.querySelector(".replies");
  if (!heading || !light || !replies) return [];
  const question = heading.textContent ?? "";
  heading.id = `fiche-jeu-${place}`;
  light.id = `fiche-eclairage-${place}`;
  const radios = [...replies.children].map((reply) => {
    const radio = /** @type {HTMLInputElement} */ (el("input", { type: "radio", name: `question-${place}`, value: reply.textContent ?? "", autocomplete: "off" }));
    radio.addEventListener("change", () => update(name, (value) => ({ ...valid(value), [question]: radio.value })));
    return radio;
  });
  const choices = el("fieldset", { class: "choices", "aria-labelledby": heading.id }, ...radios.map((radio) => el("label", {}, radio, el("span", {}, radio.value))));
  box.querySelector(".label")?.remove();
  replies.replaceWith(choices);
  const chosen = el("p", { class: "chosen-reply", hidden: true });
  light.prepend(chosen);
  const button = el("button", { type: "button", class: "btn", "aria-controls": light.id, click: () => show(!shown()) }, "Voir ce qu’en disent les diapositives");
  const line = el("p", { class: "acts" }, button);
  choices.after(line);

  const shown = () => !light.classList.contains("veiled");
  /** @param {boolean} open */
  function show(open) {
    // Not `hidden`: it is printed all the same.
    light?.classList.toggle("veiled", !open);
    button.setAttribute("aria-expanded", String(open));
    box.dispatchEvent(new Event("shown", { bubbles: true }));
  }
  show(false);
  /** @param {Record<string, string>} kept */
  function refresh(kept) {
    const choice = radios.find((radio) => radio.value === kept[question]);
    for (const radio of radios) radio.checked = radio === choice;
    chosen.hidden = !choice;
    chosen.textContent = choice ? `Votre choix\u202f: ${choice.value}` : "";
  }
  return [{ id: box.id, show, shown, refresh }];
}

for (const root of document.querySelectorAll("[data-quiz]")) if (root instanceof HTMLElement) start(root);
