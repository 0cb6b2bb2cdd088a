// @ts-check
// What a note says, before it is a page or a document: both are made from this, so that they hold the same facts.

/** @typedef {{label: string, texts: string[], ask: string}} Line `texts` is empty when nobody gave the fact */
/** @typedef {{heading: string, lines: Line[]}} Part */
/** @typedef {{titre: string, adresse: string, court: string, lead: string, where: string, parts: Part[], asks: string[], sources: string[], verified: string}} Told */
/** @typedef {{titre: string, introduction: string, questions: string[], sheets: Told[], notes: [string, string][]}} Note */
/** @typedef {{letters: number, items: number, dense: boolean}} Limits how long a text, and how many in a list, 0 for no limit; dense: lists in one paragraph */

/** From generous to short: a note takes the first that fits two pages. @type {Limits[]} */
export const LIMITS = [
  { letters: 0, items: 0, dense: false },
  { letters: 0, items: 0, dense: true },
  { letters: 420, items: 6, dense: true },
  { letters: 260, items: 4, dense: true },
  { letters: 170, items: 3, dense: true },
  { letters: 110, items: 2, dense: true },
  { letters: 70, items: 1, dense: true },
  { letters: 45, items: 1, dense: true }, // for the widest fonts that machines have (DejaVu Sans)
];

/** @param {string} text @param {number} most */
function cut(text, most) {
  if (!most || text.length <= most) return text;
  const start = text.slice(0, most);
  const end = Math.max(start.lastIndexOf(". ") + 1, start.lastIndexOf(" ; ")) || start.lastIndexOf(" ");
  return `${start.slice(0, end > most / 2 ? end : start.lastIndexOf(" ") > 0 ? start.lastIndexOf(" ") : most).trimEnd()} […]`;
}

/**
 * What the note says of a sheet. What was cut is marked « […] », what was left out is counted: nothing goes in silence.
 * @param {import("./sheets.js").Sheet} sheet
 * @param {[heading: string, names: string[]][]} arrangement for an experience
 * @param {Limits} limits
 * @returns {Told}
 */
export function told(sheet, arrangement, { letters, items }) {
  const byName = new Map(sheet.faits.map((fact) => [fact[0], fact]));
  const where = ["territoire", "population"].flatMap((name) => byName.get(name)?.[2] ?? []);
  // Another kind of sheet tells its facts in its own order.
  /** @type {[string, string[]][]} */
  const order = byName.has("besoin") ? arrangement : sheet.faits.filter(([name]) => !["territoire", "population", "themes"].includes(name)).map(([name, titre]) => [titre, [name]]);
  /** @type {Part[]} */
  const parts = [];
  for (const [heading, names] of order) {
    /** @type {Line[]} */
    const lines = [];
    for (const name of names) {
      const fact = byName.get(name);
      if (!fact) continue;
      const [, titre, texts, ask] = fact;
      const kept = items ? (texts ?? []).slice(0, items) : (texts ?? []);
      const left = (texts?.length ?? 0) - kept.length;
      lines.push({ label: names.length > 1 ? titre : "", texts: [...kept.map((text) => cut(text, letters)), ...(left ? [`[et ${left} de plus sur la fiche]`] : [])], ask });
    }
    if (lines.length) parts.push({ heading, lines });
  }
  const asks = parts.flatMap(({ lines }) => lines.filter(({ texts, ask }) => !texts.length && ask).map(({ ask }) => ask));
  return {
    titre: sheet.titre,
    adresse: sheet.adresse,
    court: sheet.court ?? "",
    lead: cut(sheet.resume, letters && Math.max(letters, 160)),
    where: cut(where.join(", "), letters) || "Territoire non communiqué",
    parts,
    asks: [...new Set(asks)],
    sources: sheet.sources.slice(0, items || undefined).map(([text]) => cut(text, letters && Math.max(letters, 110))).concat(items && sheet.sources.length > items ? [`[et ${sheet.sources.length - items} de plus sur la fiche]`] : []),
    verified: sheet.verifie_le,
  };
}
