// @ts-check
// /autodiagnostic/: answers open what concerns them and make a road map. Hers are kept in this browser, never in the address,
// which a server sees; a link that she shares holds them, and shows them elsewhere without touching what is kept there.

import { say } from "./keep.js";
import { share } from "./sheets.js";
import { el, href, plural } from "./site.js";
import { erase, read, update, watch } from "./store.js";

const NAME = "autodiagnostic";
const PAGE = "autodiagnostic/";

/** @typedef {Record<string, string>} Answers question (`prerequis.cooperation`) → answer */
/** @typedef {{key: string, name: string, box: HTMLElement, radios: HTMLInputElement[], details: HTMLDetailsElement}} Question */

/** @param {HTMLElement} box @returns {Question} */
const question = (box) => ({
  key: box.dataset.question ?? "",
  name: box.dataset.name ?? "",
  box,
  radios: [...box.querySelectorAll("input")],
  details: /** @type {HTMLDetailsElement} */ (box.querySelector("details")),
});

/** @param {HTMLFormElement} form */
function start(form) {
  const questions = [...form.querySelectorAll("[data-question]")].map((box) => question(/** @type {HTMLElement} */ (box)));
  /** @param {string} name @returns {HTMLElement} */
  const part = (name) => /** @type {HTMLElement} */ (document.querySelector(`[data-${name}]`));
  const [banner, roadmap, progress, missing, complete, keeping, undo] = ["shared", "roadmap", "progress", "missing", "complete", "keeping", "undo"].map(part);
  const heading = /** @type {HTMLElement} */ (roadmap.querySelector("h2"));
  const h1 = document.querySelector("h1");

  /** What this page still asks, of what was kept or sent. @param {any} value @returns {Answers} */
  const valid = (value) => Object.fromEntries(questions.flatMap(({ key, radios }) => (radios.some((radio) => radio.value === value?.[key]) ? [[key, value[key]]] : [])));
  const own = () => valid(read(NAME));
  /** @param {Answers} a @param {Answers} b */
  const same = (a, b) => questions.every(({ key }) => a[key] === b[key]);

  /** `?prerequis=cooperation.oui,facteur-temps.non`, and how much of it is not asked here. @param {string} query */
  function sent(query) {
    /** @type {Answers} */
    const found = {};
    let odd = 0;
    const facets = new Set(questions.map(({ key }) => key.split(".")[0]));
    for (const [facet, values] of new URLSearchParams(query.slice(0, 20_000))) {
      if (!facets.has(facet)) continue;
      for (const value of values.split(",").filter(Boolean)) {
        const [id, answer] = value.split(".");
        const key = `${facet}.${id}`;
        if (valid({ [key]: answer })[key]) found[key] = answer;
        else odd++;
      }
    }
    return { found, odd };
  }

  /** @param {Answers} answers */
  function address(answers) {
    /** @type {Map<string, string[]>} */
    const facets = new Map();
    for (const [key, answer] of Object.entries(answers)) {
      const [facet, id] = key.split(".");
      facets.set(facet, [...(facets.get(facet) ?? []), `${id}.${answer}`]);
    }
    return href(`${PAGE}?${[...facets].map(([facet, values]) => `${facet}=${values.join(",")}`).join("&")}`);
  }

  /** @param {Question} one @param {string} answer */
  const word = ({ radios }, answer) => radios.find((radio) => radio.value === answer)?.parentElement?.textContent?.trim() ?? "";
  /** The answer that lacks nothing stands first. @param {Question} one @param {string | undefined} answer */
  const lacks = ({ radios }, answer) => answer !== undefined && answer !== radios[0].value;

  /** @param {Question} one @param {string} list @param {number} most */
  function links({ box }, list, most) {
    const found = [...box.querySelectorAll(`[data-${list}] > li > a`)].slice(0, most);
    return found.flatMap((link, place) => [place ? ", " : "", el("a", { href: link.getAttribute("href") ?? "" }, link.textContent ?? "")]);
  }

  /** @param {Question} one @param {string} answer */
  function step(one, answer) {
    const methods = links(one, "methods", 2);
    const cases = links(one, "cases", 1);
    return el("li", {},
      el("h3", {}, el("a", { href: `#${one.box.id}` }, one.name), el("span", { class: "answer" }, word(one, answer))),
      methods.length ? el("p", {}, "Commencer par : ", ...methods) : "",
      cases.length ? el("p", {}, "Lire : ", ...cases) : ""); // prettier-ignore
  }

  /** @param {Answers} answers @param {boolean} shared */
  function show(answers, shared) {
    for (const one of questions) {
      const answer = answers[one.key];
      for (const radio of one.radios) {
        radio.checked = radio.value === answer;
        radio.disabled = shared;
      }
      // What she opened or closed herself stays so, until she answers otherwise.
      if (one.box.dataset.answer !== (answer ?? "")) one.details.open = lacks(one, answer);
      one.box.dataset.answer = answer ?? "";
      one.box.classList.toggle("lacks", lacks(one, answer));
    }
    const given = questions.filter(({ key }) => answers[key]);
    const open = questions.filter(({ key }) => !answers[key]);
    const steps = given.filter((one) => lacks(one, answers[one.key]));
    form.classList.toggle("answered", given.length > 0);
    roadmap.hidden = false;
    heading.textContent = shared ? "La feuille de route de ce lien" : "Votre feuille de route";
    roadmap.classList.toggle("begun", given.length > 0);
    progress.replaceChildren(
      ...(given.length
        ? [`${plural(given.length, "réponse")} sur ${questions.length}. `, ...(open.length && !shared ? [el("a", { href: `#${open[0].box.id}` }, `Reprendre à « ${open[0].name} »`)] : [])]
        : ["Répondez à une première question : la feuille de route se fait toute seule."]),
    );
    missing.replaceChildren(
      steps.length ? el("ol", { class: "steps" }, ...steps.map((one) => step(one, answers[one.key]))) : given.length && open.length ? el("p", {}, "Rien ne manque dans ce que vous avez répondu jusqu’ici.") : "",
    );
    complete.hidden = open.length > 0 || steps.length > 0;
    keeping.replaceChildren(
      ...(given.length
        ? [el("h3", {}, "Garder et partager"), el("p", { class: "acts" }, el("button", { type: "button", class: "btn", click: () => print() }, "Imprimer"), shared ? "" : el("button", { type: "button", class: "btn", click: wipe }, "Effacer mes réponses")), share(address(answers))]
        : []),
    );
  }

  /** @param {HTMLElement} where @param {string} text @param {any} before what stood in the store */
  function undoable(where, text, before) {
    const button = el("button", { type: "button", class: "link", click: () => {
      if (before === null) erase(NAME);
      else update(NAME, () => before);
      where.replaceChildren();
      say("Vos réponses d’avant sont remises.");
      h1?.focus();
    } }, "Annuler"); // prettier-ignore
    where.replaceChildren(el("p", { class: "undo" }, text, " ", button));
    say(text);
    return button;
  }

  function wipe() {
    const before = read(NAME);
    erase(NAME);
    undoable(undo, "Vos réponses sont effacées de ce navigateur.", before).focus();
  }

  /** @param {Answers} answers */
  function take(answers) {
    const before = read(NAME);
    const had = Object.keys(own()).length > 0;
    history.pushState(null, "", href(PAGE));
    update(NAME, () => answers);
    if (had) undoable(banner, "Les réponses du lien ont pris la place des vôtres.", before);
    else say("Ces réponses sont maintenant les vôtres.");
    h1?.focus();
  }

  function refresh() {
    const { found, odd } = sent(location.search);
    const mine = own();
    const shared = Object.keys(found).length > 0 && !same(found, mine);
    banner.replaceChildren();
    if (shared) {
      banner.append(el("div", { class: "shared", role: "note" },
        el("p", {}, el("strong", {}, "Ces réponses viennent d’un lien."), Object.keys(mine).length ? " Les vôtres sont gardées à part, et rien n’y est changé." : " Elles ne sont pas gardées dans ce navigateur.", odd ? ` ${plural(odd, "réponse")} de ce lien : la question n’est plus posée.` : ""),
        el("p", { class: "acts" },
          el("button", { type: "button", class: "btn main", click: () => take(found) }, Object.keys(mine).length ? "Remplacer les miennes" : "Les reprendre"),
          el("a", { class: "btn", href: href(PAGE) }, Object.keys(mine).length ? "Voir les miennes" : "Répondre moi-même")))); // prettier-ignore
    } else if (odd) {
      banner.append(el("p", { class: "banner" }, `${plural(odd, "réponse")} de ce lien : la question n’est plus posée, ou l’adresse est abîmée.`));
    }
    show(shared ? found : mine, shared);
  }

  form.addEventListener("change", ({ target }) => {
    if (!(target instanceof HTMLInputElement)) return;
    const one = questions.find(({ key }) => key === target.name);
    if (!one) return;
    undo.replaceChildren();
    update(NAME, (value) => ({ ...value, [one.key]: target.value }));
    const left = questions.length - Object.keys(own()).length;
    say(`${one.name} : ${word(one, target.value)}. ${lacks(one, target.value) ? "Ce qui aide s’affiche sous la question. " : ""}${left ? `${plural(left, "question")} à suivre.` : "La feuille de route est complète."}`);
  });
  form.addEventListener("submit", (event) => event.preventDefault());

  /** A link to a question shows what stands under it. */
  function arrive() {
    const one = questions.find(({ box }) => `#${box.id}` === location.hash);
    if (!one) return;
    one.details.open = true;
    one.box.scrollIntoView();
  }
  watch(NAME, refresh);
  addEventListener("popstate", refresh);
  addEventListener("hashchange", arrive);
  addEventListener("beforeprint", () => {
    for (const { box, details } of questions) if (box.classList.contains("lacks")) details.open = true;
  });
  refresh();
  arrive();
}

const form = document.querySelector("[data-selfcheck]");
if (form instanceof HTMLFormElement) start(form);
