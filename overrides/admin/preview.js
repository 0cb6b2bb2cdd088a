// @ts-check
// What a sheet will look like: one component for all kinds, from the fields that config.json tells.

import { spaced } from "../assets/js/site.js";
import { BODY } from "./front.js";

/** @typedef {import("./style.js").Champ} Champ */
/** @typedef {Record<string, {label: string, value: string}[]>} Lists */

export const styles = ["tokens", "base", "components"].map((name) => new URL(`../assets/css/${name}.css`, import.meta.url).href);
styles.push(new URL("preview.css", import.meta.url).href);

/** As the site names them. @type {Record<string, string>} */
const ALERTS = { NOTE: "Note", TIP: "Conseil", IMPORTANT: "Important", WARNING: "Attention", CAUTION: "Prudence" };

/**
 * Markdown of ours that Decap's preview does not know: links between sheets and alerts. HTML is no part of it: it is shown
 * as it was typed. Code stays as it is.
 * @param {string} text
 * @param {(id: string) => string} titled
 */
export function plainMarkdown(text, titled) {
  return text
    .split(/(^(?:```|~~~)[\s\S]*?^(?:```|~~~)|`[^`\n]*`)/m)
    .map((part, place) =>
      place % 2
        ? part
        : part
            .replace(/<(?!(?:https?:\/\/|mailto:)[^\s<>]+>)/g, "\\<")
            // As the site: no [ inside. It also keeps the search short on a text of nothing but [[.
            .replace(/\[\[([^[\]|\n]+)(?:\|([^[\]\n]+))?\]\]/g, (_, id, words) => `[${words ?? titled(id.trim())}](#)`)
            .replace(/^(>\s*)\[!(\w+)\]\s*$/gm, (whole, start, name) => (ALERTS[name] ? `${start}**${ALERTS[name]}**\n${start}` : whole)),
    )
    .join("");
}

/**
 * @param {any} CMS
 * @param {any} collection of Decap's settings
 * @param {Champ[]} champs
 * @param {Lists} lists
 */
export function preview(CMS, collection, champs, lists) {
  const { createClass, h } = /** @type {any} */ (globalThis);
  const sheets = new Map(lists["fiches:"].map((one) => [one.value, one.label]));
  const titled = (/** @type {string} */ id) => sheets.get(id)?.replace(/ \([^)]*\)$/, "") ?? id;
  /** @type {Map<string, any>} */
  const told = new Map(collection.fields.map((/** @type {any} */ field) => [field.name, field]));

  /** @param {string} value @param {any} field of Decap's settings */
  function word(value, field) {
    if (field?.sortes) return titled(value);
    if (/^\d{4}-\d{2}-\d{2}$/.test(value)) return new Date(value).toLocaleDateString("fr-FR", { dateStyle: "long", timeZone: "UTC" });
    return spaced(field?.options?.find((/** @type {any} */ one) => one.value === value)?.label ?? value);
  }

  /** @param {any} value @param {Champ} champ @param {any} field */
  function shown(value, champ, field) {
    const list = Array.isArray(value) ? value : [value];
    if (champ.champs) return list.map((group, number) => facts(group ?? {}, champ.champs ?? [], inside(field), number));
    const words = list.filter(Boolean).map((one) => word(String(one), field?.field ?? field));
    return words.length > 1 ? h("ul", {}, words.map((one, number) => h("li", { key: number }, one))) : words[0];
  }

  /** @param {any} field @returns {Map<string, any>} */
  const inside = (field) => new Map((field?.fields ?? []).map((/** @type {any} */ one) => [one.name, one]));

  /** @param {Record<string, any>} data @param {Champ[]} some @param {Map<string, any>} fields @param {any} key */
  function facts(data, some, fields, key) {
    const given = some.filter((champ) => [data[champ.nom]].flat().some(Boolean));
    return h("dl", { className: "facts", key }, given.map((champ) =>
      h("div", { key: champ.nom, className: champ.champs ? "large" : "" },
        h("dt", {}, champ.titre), h("dd", {}, shown(data[champ.nom], champ, fields.get(champ.nom)))))); // prettier-ignore
  }

  /** @param {Record<string, any>} data */
  function parts(data) {
    const rest = champs.filter((champ) => !["titre", "resume"].includes(champ.nom) && [data[champ.nom]].flat().some(Boolean));
    const heads = [...new Set(rest.map((champ) => champ.rubrique))];
    return heads.map((head) =>
      h("section", { key: head, className: "part" }, h("h2", {}, head), facts(data, rest.filter((champ) => champ.rubrique === head), told, head)),
    );
  }

  return createClass({
    componentDidMount() {
      this.props.window.frameElement.title = "Aperçu de la fiche";
    },
    render() {
      const { entry, getAsset } = this.props;
      const data = entry.get("data").toJS();
      const text = plainMarkdown(data[BODY] ?? "", titled);
      const markdown = { value: text, field: undefined, getAsset, resolveWidget: CMS.resolveWidget, getRemarkPlugins: CMS.getRemarkPlugins };
      return h("main", { className: "wrap" },
        h("article", { className: "fiche" },
          h("header", { className: "tete" },
            h("p", { className: "kind" }, collection.label_singular),
            h("h1", {}, spaced(data.titre ?? "Sans titre")),
            data.resume ? h("p", { className: "lead" }, spaced(data.resume)) : null),
          h("div", { className: "texte" }, h(CMS.getWidget("markdown").preview, markdown)),
          parts(data))); // prettier-ignore
    },
  });
}
