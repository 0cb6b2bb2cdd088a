// @ts-check
// Fields that Decap CMS does not have: a territory found by its name, a choice that loses nothing, the heading of a group of fields.

import { combobox } from "../assets/js/combobox.js";
import { departementOf, find } from "../assets/js/communes.js";
import { fold } from "../assets/js/search/words.js";
import { el, fetchJson } from "../assets/js/site.js";

/** @typedef {{label: string, detail: string, value: string}} Found */

/** What is stored: the code, then the name, which the check compares. @param {string} code @param {string} nom */
const written = (code, nom) => `${code} ${nom}`;

/** @param {string} text @returns {Promise<Found[]>} */
async function communes(text) {
  const found = await find(text, 12);
  return Promise.all(
    found.map(async (one) => ({ label: one.nom, detail: `${await departementOf(one)}, ${one.code}`, value: written(one.code, one.nom) })),
  );
}

/** EPCI and départements are few enough for one file. @param {string} level @param {string} text @returns {Promise<Found[]>} */
async function others(level, text) {
  /** @type {[string, string][]} */
  const all = (await fetchJson("admin/territoires.json"))[level];
  const words = fold(text).split(" ").filter(Boolean);
  const held = all.filter(([code, nom]) => {
    const name = ` ${fold(`${code} ${nom}`)}`;
    return words.every((word) => name.includes(` ${word}`));
  });
  return held.slice(0, 12).map(([code, nom]) => ({ label: nom, detail: code, value: written(code, nom) }));
}

/** @param {string} level @param {string} text */
export const search = (level, text) => (level === "commune" ? communes(text) : others(level, text));

const LEVELS = { commune: "Nom de la commune ou code postal", epci: "Nom de l’intercommunalité", departement: "Nom ou numéro du département" };

/** What react-select says to a screen reader, and shows when it finds nothing. */
const SPOKEN = {
  noOptionsMessage: () => "Aucun résultat",
  screenReaderStatus: (/** @type {{count: number}} */ { count }) => (count > 1 ? `${count} résultats` : `${count} résultat`),
  ariaLiveMessages: {
    guidance: (/** @type {{context: string}} */ { context }) => (context === "menu" ? "Flèches haut et bas pour parcourir, Entrée pour choisir, Échap pour fermer." : ""),
    onChange: (/** @type {{action: string, label?: string}} */ { action, label }) =>
      ({ "select-option": `${label} : choisi`, "deselect-option": `${label} : retiré`, "remove-value": `${label} : retiré`, "pop-value": `${label} : retiré`, clear: "Tout est retiré" })[action] ?? "",
    onFocus: (/** @type {{label?: string}} */ { label }) => label ?? "",
    onFilter: (/** @type {{resultsMessage: string}} */ { resultsMessage }) => resultsMessage,
  },
};

/** Sheets made since the page was loaded, which config.json does not know. @type {{kind: string, label: string, value: string}[]} */
const made = [];

/** After a sheet is saved: other sheets can name it at once. @param {any} entry Decap's, immutable */
export function remember(entry) {
  const value = entry.getIn(["data", "_id"]);
  if (value) made.push({ kind: entry.get("collection"), label: entry.getIn(["data", "titre"]), value });
}

/** @param {any} CMS */
export function register(CMS) {
  const { createClass, h } = /** @type {any} */ (globalThis);

  const Territoire = createClass({
    /** React leaves what is inside the box alone: the list of proposals is ours. */
    componentDidMount() {
      const { field, forID, value, classNameWrapper } = this.props;
      // Decap may give another function at each rendering.
      const onChange = (/** @type {string} */ text) => this.props.onChange(text);
      const level = field.get("niveau");
      const input = /** @type {HTMLInputElement} */ (
        el("input", { type: "text", id: forID, class: classNameWrapper, placeholder: LEVELS[/** @type {keyof typeof LEVELS} */ (level)], maxlength: "120", spellcheck: "false" })
      );
      input.value = value ?? "";
      input.addEventListener("input", () => onChange(input.value));
      input.addEventListener("focus", () => this.props.setActiveStyle());
      input.addEventListener("blur", () => this.props.setInactiveStyle());
      this.input = input;
      this.box.append(input);
      combobox(input, "Territoires proposés", async (text) =>
        (await search(level, text)).map((one) => ({
          label: one.label,
          detail: one.detail,
          pick: () => {
            input.value = one.value;
            onChange(one.value);
          },
        })),
      );
    },
    componentDidUpdate() {
      const value = this.props.value ?? "";
      if (this.input && this.input.value !== value) this.input.value = value;
    },
    /** Decap asks before it saves. */
    isValid() {
      const value = this.props.value ?? "";
      if (!value || /^(?:\d[\dab]\d{3}|\d{9}|\d[\dab]\d?)(?: .*)?$/i.test(value)) return true;
      return { error: { type: "CUSTOM", message: "choisissez un territoire dans la liste : son code doit venir en premier" } };
    },
    render() {
      return h("div", { className: "territoire", ref: (/** @type {HTMLElement | null} */ box) => (this.box = box ?? this.box) });
    },
  });

  /** Decap's, saying in French what it does. */
  class Select extends CMS.getWidget("select").control {
    render() {
      const made = super.render();
      return h(made.type, { ...made.props, ...SPOKEN });
    }
  }

  /** Decap's own drops, at the first change, the values that are not in its list: sheets that wait to be merged, say. */
  const Choix = createClass({
    isValid() {
      return this.inner?.isValid() ?? true;
    },
    render() {
      const { field, value } = this.props;
      const options = field.get("options");
      const kinds = field.get("sortes");
      const known = new Set(options.map((/** @type {any} */ one) => one.get("value")));
      const given = [value?.toJS?.() ?? value].flat().filter(Boolean);
      const more = [
        ...made.filter((one) => kinds && (!kinds.size || kinds.includes(one.kind))),
        ...given.map((/** @type {string} */ one) => ({ label: `${one} (inconnu)`, value: one })),
      ].filter((one) => !known.has(one.value) && known.add(one.value));
      const whole = more.reduce((all, { label, value: id }) => all.push(field.clear().set("label", label).set("value", id)), options);
      return h(Select, { ...this.props, field: field.set("options", whole), ref: (/** @type {any} */ inner) => (this.inner = inner ?? this.inner) });
    },
  });

  const Rubrique = createClass({
    /** Fields that a draft can do without are hidden until asked for, unless one is filled in. */
    componentDidMount() {
      const data = this.props.entry.get("data");
      const names = this.props.field.get("champs").toJS();
      const filled = names.some((/** @type {string} */ name) => ![undefined, null, ""].includes(data.get(name)) && data.get(name).size !== 0);
      // Decap names no box of a field: ours is the largest that holds one label only.
      let box = this.button;
      while (box.parentElement && box.parentElement.querySelectorAll("label").length < 2) box = box.parentElement;
      this.boxes = [];
      for (let next = box.nextElementSibling; next && this.boxes.length < names.length; next = next.nextElementSibling) this.boxes.push(next);
      this.show(filled);
    },
    /** @param {boolean} open */
    show(open) {
      for (const box of this.boxes) box.hidden = !open;
      this.button.hidden = open;
      this.button.setAttribute("aria-expanded", String(open));
    },
    open() {
      this.show(true);
      this.boxes[0]?.querySelector("input, textarea, button, [tabindex]")?.focus();
    },
    render() {
      const { forID, field } = this.props;
      return h("button", {
        id: forID, type: "button", className: "rubrique", "aria-label": field.get("dit"),
        onClick: () => this.open(), ref: (/** @type {HTMLElement | null} */ button) => (this.button = button ?? this.button),
      }, field.get("dit")); // prettier-ignore
    },
  });

  CMS.registerWidget("territoire", Territoire);
  CMS.registerWidget("choix", Choix);
  CMS.registerWidget("rubrique", Rubrique);
}
