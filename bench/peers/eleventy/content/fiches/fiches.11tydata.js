// The address of a sheet is its file name, as for the others, not its title.
export default {
  layout: "fiche.njk",
  permalink: (data) => `${data.page.filePathStem.replace(/^\/fiches/, "")}/index.html`,
  eleventyComputed: { facets: (data) => Object.fromEntries(Object.keys(data.site.facettes).map((facet) => [facet, data[facet] ?? []])) },
};
