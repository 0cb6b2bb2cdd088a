// @ts-check
// The name of a new sheet: made from its title, never that of another one, of any kind, past or present.

/** What words.slug does, for a title. @param {string} title */
export function slug(title) {
  return title
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/g, "")
    .toLowerCase()
    .replaceAll("œ", "oe")
    .replaceAll("æ", "ae")
    .replaceAll("ß", "ss")
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 80)
    .replace(/^-+|-+$/g, "");
}

/** @param {string} title @param {Set<string>} taken */
export function unique(title, taken) {
  const base = slug(title) || "fiche";
  let found = base;
  for (let number = 2; taken.has(found); number++) found = `${base.slice(0, 76)}-${number}`;
  return found;
}

/**
 * Before a sheet is saved: a new one gets its name (`_id`, which Decap reads by the setting `slug`).
 * @param {any} entry Decap's, immutable
 * @param {any} config config.json
 */
export function place(entry, config) {
  const data = entry.get("data");
  // Decap shows the name of an error too: « Error: » is no French.
  if (data.get("_illisible")) throw Object.assign(new Error("cette fiche n’a pas pu être lue, corrigez-la sur la forge ou dans un éditeur de texte."), { name: "" });
  if (!entry.get("newRecord")) return data;
  const taken = new Set([...config.listes["fiches:"].map((/** @type {{value: string}} */ one) => one.value), ...config.anciens]);
  return data.set("_id", unique(data.get("titre") ?? "", taken));
}
