// @ts-check
// A worksheet as a file, and back. CSV for spreadsheets (RFC 4180, with `;` as French ones expect), JSON for another browser.

import Papa from "../vendor/papaparse.js";
import { download } from "./files.js";
import { fold } from "./search/words.js";
import { LONGEST, MOST, row } from "./worksheet-rows.js";

/** @typedef {import("./worksheet-rows.js").Worksheet} Worksheet */

const LARGEST = 2_000_000; // bytes

/** A spreadsheet would compute what begins so: an apostrophe goes before, and comes off again. @param {string} text */
const guarded = (text) => (/^'*[=+\-@\t\r]/.test(text) ? `'${text}` : text);
/** @param {string} text */
const unguarded = (text) => (/^'+[=+\-@\t\r]/.test(text) ? text.slice(1) : text);

/** @param {"csv" | "json"} kind @param {Worksheet} sheet @param {import("./worksheet-rows.js").Kept} kept */
export function save(kind, sheet, { lignes, total = "", colonnes }) {
  const more = [...new Set(lignes.flatMap(({ reste }) => Object.keys(reste ?? {})))];
  if (kind === "json") {
    const rows = lignes.map(({ c, reste }) => ({ c, ...(reste ? { reste } : {}) }));
    download(`${sheet.id}.json`, "application/json", JSON.stringify({ format: "essaim-fiche-outil", version: 1, outil: sheet.id, titre: sheet.titre, colonnes, total, lignes: rows }, null, 2));
    return;
  }
  const table = [[...colonnes, ...more], ...lignes.map(({ c, reste }) => [...c, ...more.map((titre) => reste?.[titre] ?? "")])];
  const text = /** @type {any} */ (Papa).unparse(table.map((cells) => cells.map(guarded)), { delimiter: ";", newline: "\r\n" });
  download(`${sheet.id}.csv`, "text/csv;charset=utf-8", `\ufeff${text}\r\n`);
}

/**
 * The rows of a file. Throws an Error that says, in French, why it is refused.
 * @param {File} file @param {Worksheet} sheet
 */
export async function open(file, sheet) {
  if (file.size > LARGEST) throw new Error("il est trop gros (2 Mo au plus)");
  const bytes = await file.arrayBuffer();
  let text;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    // What French spreadsheets have long written.
    text = new TextDecoder("windows-1252").decode(bytes);
  }
  if (!text.trim()) throw new Error("il est vide");
  if (text.includes("\u0000")) throw new Error("ce n’est ni du CSV ni du JSON");
  return /^\s*[{[]/.test(text) ? fromJson(text, sheet) : fromCsv(text, sheet);
}

/** @param {string} text @param {Worksheet} sheet */
function fromJson(text, sheet) {
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error("ce JSON est abîmé");
  }
  if (value?.format !== "essaim-fiche-outil" || !Array.isArray(value.lignes) || !Array.isArray(value.colonnes)) throw new Error("ce n’est pas une fiche-outil exportée d’ici");
  if (value.outil !== sheet.id) throw new Error(`c’est une autre fiche-outil${typeof value.titre === "string" ? ` (« ${value.titre.slice(0, 80)} »)` : ""}`);
  if (value.version !== 1) throw new Error("il vient d’une version plus récente du site : rechargez la page");
  /** @param {any} one */
  const whole = (one) => Array.isArray(one?.c) && one.c.every((/** @type {any} */ cell) => typeof cell === "string") && (one.reste === undefined || (typeof one.reste === "object" && one.reste !== null));
  if (!value.lignes.every(whole)) throw new Error("une de ses lignes est abîmée");
  /** @type {string[]} */
  const more = [...new Set(/** @type {string[]} */ (value.lignes.flatMap((/** @type {any} */ one) => Object.keys(one.reste ?? {}))))];
  const table = value.lignes.map((/** @type {any} */ one) => [...one.c, ...more.map((titre) => String(one.reste?.[titre] ?? ""))]);
  return { rows: arranged([...value.colonnes.map(String), ...more], table, sheet), total: typeof value.total === "string" ? value.total.slice(0, 40) : "" };
}

/** @param {string} text @param {Worksheet} sheet */
function fromCsv(text, sheet) {
  const { data, errors } = /** @type {any} */ (Papa).parse(text.replace(/^\ufeff/, ""), { skipEmptyLines: false, delimitersToGuess: [";", ",", "\t"] });
  const broken = errors.find((/** @type {any} */ one) => one.type === "Quotes");
  if (broken) throw new Error(`un guillemet n’est pas fermé, ligne ${(broken.row ?? 0) + 1}`);
  /** @type {string[][]} */
  const table = data;
  // The newline that ends a file makes no row.
  if (table.length && table[table.length - 1].join() === "") table.pop();
  if (!table.length) throw new Error("il est vide");
  const [head, ...rest] = table.map((cells) => cells.map(unguarded));
  const long = rest.findIndex((cells) => cells.length > head.length && cells.slice(head.length).some(Boolean));
  if (long >= 0) throw new Error(`la ligne ${long + 2} a plus de cases que de titres`);
  return { rows: arranged(head, rest, sheet), total: undefined };
}

/** @param {string[]} head titles of the columns, in any order @param {string[][]} table @param {Worksheet} sheet */
function arranged(head, table, sheet) {
  if (table.length > MOST) throw new Error(`il a ${table.length} lignes : ${MOST} au plus`);
  const key = (/** @type {string} */ titre) => fold(titre);
  const places = sheet.colonnes.map(([titre]) => head.findIndex((one) => key(one) === key(titre)));
  const missing = sheet.colonnes.filter((_, column) => places[column] < 0).map(([titre]) => `« ${titre} »`);
  if (missing.length) throw new Error(`il lui manque ${missing.length > 1 ? "les colonnes" : "la colonne"} ${missing.join(", ")}`);
  const others = head.map((titre, place) => [titre, place]).filter(([titre, place]) => titre && !places.includes(/** @type {number} */ (place)));
  return table.map((cells) => {
    /** @type {Record<string, string>} */
    const reste = {};
    for (const [titre, place] of others) if (cells[/** @type {number} */ (place)]) reste[/** @type {string} */ (titre)] = cells[/** @type {number} */ (place)].slice(0, LONGEST);
    return row(places.map((place) => cells[place] ?? ""), sheet.colonnes.length, reste);
  });
}
