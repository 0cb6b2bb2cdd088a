// The library made by Eleventy. Facets and kinds are in bench.json, written from the model.
import { readFileSync } from "node:fs";

const { facettes, sortes } = JSON.parse(readFileSync("bench.json", "utf8"));
const EACH = 50;

export default function (config) {
  const sheets = (api) => api.getFilteredByGlob("content/fiches/**/*.md");
  // One page for fifty sheets: the pages of a list are the items of a collection.
  const paged = (title, address, found) => {
    const pages = Math.max(1, Math.ceil(found.length / EACH));
    const at = (n) => (n === 0 ? `${address}` : `${address}page/${n + 1}/`);
    return Array.from({ length: pages }, (_, n) => ({
      title, address: at(n), number: n + 1, count: found.length, items: found.slice(n * EACH, (n + 1) * EACH),
      all: Array.from({ length: pages }, (_, other) => ({ number: other + 1, address: at(other) })),
    }));
  };
  config.addGlobalData("site", { name: "Essaim", url: "https://essaim.example", facettes, sortes });
  config.addGlobalData("layout", "liste.njk");
  config.addCollection("fiches", sheets);
  config.addCollection("recentes", (api) => sheets(api).sort((a, b) => b.date - a.date).slice(0, EACH));
  config.addCollection("listes", (api) =>
    Object.entries(sortes).flatMap(([address, title]) =>
      paged(title, `/${address}/`, sheets(api).filter((sheet) => sheet.url.startsWith(`/${address}/`)))));
  const values = (api, facet) => {
    const found = new Map();
    for (const sheet of sheets(api)) {
      for (const value of sheet.data[facet] ?? []) found.set(value, [...(found.get(value) ?? []), sheet]);
    }
    return [...found].sort(([a], [b]) => a.localeCompare(b, "fr"));
  };
  const slugify = config.getFilter("slugify");
  config.addCollection("valeurs", (api) =>
    Object.keys(facettes).flatMap((facet) =>
      values(api, facet).flatMap(([value, found]) => paged(value, `/${facet}/${slugify(value)}/`, found))));
  config.addCollection("facettes", (api) =>
    Object.entries(facettes).map(([facet, title]) => ({
      title, address: `/${facet}/`,
      values: values(api, facet).map(([value, found]) => ({ value, count: found.length, address: `/${facet}/${slugify(value)}/` })),
    })));
  config.addFilter("jour", (date) => date.toISOString().slice(0, 10));
  config.addFilter("texte", (html) => html.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ").trim());
  return { dir: { input: "content", includes: "../_includes", output: "_site" }, markdownTemplateEngine: false };
}
