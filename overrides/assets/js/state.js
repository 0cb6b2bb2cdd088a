// @ts-check
// The state of the explorer, which is its address: a link, a bookmark and Back bring it all back. docs/catalogue.md

/**
 * @typedef {object} State
 * @property {string} q
 * @property {import("./catalogue.js").Choices} choices facet → values, unknown ones too
 * @property {"pertinence" | "date" | "ressemblance"} tri
 * @property {"liste" | "carte" | "tableau"} vue
 * @property {string} commune INSEE code
 * @property {string} structure
 * @property {string[]} mes resources of the reader's commune
 * @property {Map<string, number>} more sheets shown of each kind; not in the address
 */

const OWN = new Set(["q", "tri", "vue", "commune", "structure", "mes"]);
const MOST = 60; // values in all: an address may be hostile

/** `theme` and `themes`, `type-structure` and `types-structure` are the same facet. @param {string} name */
const singular = (name) => name.split("-").map((part) => part.replace(/s$/, "")).join("-");

/**
 * @param {string} query with its question mark
 * @param {import("./catalogue.js").Catalogue} catalogue
 * @returns {State}
 */
export function read(query, catalogue) {
  const given = new URLSearchParams(query);
  /** @type {import("./catalogue.js").Choices} */
  const choices = new Map();
  let left = MOST;
  for (const [name, value] of given) {
    if (OWN.has(name) || !value) continue;
    const facet = catalogue.facets.find((one) => one.id === name) ?? catalogue.facets.find((one) => singular(one.id) === singular(name) || (one.url && one.url === name));
    if (!facet) continue; // of another tool, like utm_source
    const values = choices.get(facet.id) ?? new Set();
    for (const one of value.split(",", MOST)) {
      // « 2A » for 2a: values are in lower case.
      if (one && left-- > 0) values.add(facet.values.has(one) ? one : facet.values.has(one.toLowerCase()) ? one.toLowerCase() : one.slice(0, 200));
    }
    choices.set(facet.id, values);
  }
  const tri = given.get("tri");
  const vue = given.get("vue");
  return {
    q: (given.get("q") ?? "").slice(0, 2000),
    choices,
    tri: tri === "date" || tri === "ressemblance" ? tri : "pertinence",
    vue: vue === "carte" || vue === "tableau" ? vue : "liste",
    commune: (given.get("commune") ?? "").slice(0, 20),
    structure: (given.get("structure") ?? "").slice(0, 60),
    mes: (given.get("mes") ?? "").split(",").filter(Boolean).slice(0, 20),
    more: new Map(),
  };
}

/**
 * The query of a state, with its question mark; nothing for the plain explorer.
 * @param {State} state
 * @param {import("./catalogue.js").Catalogue} catalogue
 */
export function write(state, catalogue) {
  const given = new URLSearchParams();
  if (state.q.trim()) given.set("q", state.q.trim());
  for (const { id } of catalogue.facets) {
    const values = [...(state.choices.get(id) ?? [])];
    if (values.length) given.set(id, values.join(","));
  }
  if (state.commune) given.set("commune", state.commune);
  if (state.commune && state.structure) given.set("structure", state.structure);
  if (state.commune && state.mes.length) given.set("mes", state.mes.join(","));
  if (state.tri !== "pertinence") given.set("tri", state.tri);
  if (state.vue !== "liste") given.set("vue", state.vue);
  const text = given.toString().replaceAll("%2C", ",");
  return text ? `?${text}` : "";
}

/** The question of an address that asks nothing else; else nothing. @param {string} query */
export function plain(query) {
  const given = [...new URLSearchParams(query)];
  return given.length === 1 && given[0][0] === "q" ? given[0][1].slice(0, 2000) : "";
}
