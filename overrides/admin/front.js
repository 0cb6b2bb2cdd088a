// @ts-check
// From the text of a sheet to what the form holds, and back. What the form did not change keeps every byte.

import { isGroup, lines } from "./style.js";
import { Parser, isMap, isScalar, isSeq, parseDocument } from "./yaml.js";

/** @typedef {import("./style.js").Champ} Champ */
/** @typedef {import("./style.js").Value} Value */

export const UNKNOWN = "non communiqué";
/** Keys of ours in what the form holds, beside the fields: the text as it was read, and whether it could be. */
const ORIGINAL = "_original", UNREADABLE = "_illisible"; // prettier-ignore
export const BODY = "body";

/**
 * What the form holds of a sheet: by field, a text, a list of texts or a list of groups (one at most for a field that is
 * one group); and the text itself, so that writing it again can leave alone what did not change. Never throws.
 * @param {string} text
 * @param {Champ[]} champs
 * @returns {Record<string, any>}
 */
export function read(text, champs) {
  const sheet = parsed(text);
  if (!sheet) return { titre: "Fiche illisible : ouvrez-la dans un éditeur de texte", [ORIGINAL]: text, [UNREADABLE]: true };
  /** @type {Record<string, any>} */
  const held = { [ORIGINAL]: text };
  for (const champ of champs) {
    const value = shown(sheet.data[champ.nom], champ);
    if (value !== undefined) held[champ.nom] = value;
  }
  held[BODY] = shownBody(sheet.body);
  return held;
}

/**
 * The text of a sheet from what the form holds. Throws when it could not be read back as it was meant.
 * @param {Record<string, any>} held
 * @param {Champ[]} champs
 */
export function write(held, champs) {
  const text = /** @type {string | undefined} */ (held[ORIGINAL]);
  if (held[UNREADABLE]) return text ?? "";
  const sheet = text === undefined ? null : parsed(text);
  const before = sheet && text !== undefined ? read(text, champs) : {};
  const wanted = new Map(champs.map((champ) => [champ.nom, kept(held[champ.nom], champ)]));
  const changed = (/** @type {Champ} */ champ) => JSON.stringify(wanted.get(champ.nom)) !== JSON.stringify(kept(before[champ.nom], champ));
  const front = merged(sheet, champs, wanted, changed);
  const eol = sheet?.eol ?? "\n";
  const body = shownBody(String(held[BODY] ?? ""));
  const same = sheet !== null && body === shownBody(sheet.body);
  const below = same ? sheet.body : body && `${eol}${body.replaceAll("\n", eol)}${eol}`;
  const made = `${sheet?.open ?? "---\n"}${front}${sheet?.close ?? "---\n"}${below}`;
  if (!lossless(parsed(made), sheet, champs, wanted)) throw Object.assign(new Error("cette fiche ne peut pas être écrite sans risque d’en perdre, corrigez-la dans un éditeur de texte."), { name: "" });
  return made;
}

/**
 * A promise checked each time rather than believed: each field as the form holds it, and the other keys as they were.
 * @param {Sheet | null} made
 * @param {Sheet | null} before
 * @param {Champ[]} champs
 * @param {Map<string, Value | undefined>} wanted
 */
function lossless(made, before, champs, wanted) {
  if (!made) return false;
  const same = (/** @type {any} */ a, /** @type {any} */ b) => JSON.stringify(a) === JSON.stringify(b);
  const others = Object.keys({ ...before?.data, ...made.data }).filter((key) => !wanted.has(key));
  return champs.every((champ) => same(kept(shown(made.data[champ.nom], champ), champ), wanted.get(champ.nom))) && others.every((key) => same(made.data[key], before?.data[key]));
}

/**
 * The front matter: segments that did not change as they were, the others as front.py writes them.
 * @param {Sheet | null} sheet
 * @param {Champ[]} champs
 * @param {Map<string, Value | undefined>} wanted
 * @param {(champ: Champ) => boolean} changed
 */
function merged(sheet, champs, wanted, changed) {
  const eol = sheet?.eol ?? "\n";
  const order = new Map(champs.map((champ, place) => [champ.nom, place]));
  /** @type {{place: number, text: string}[]} */
  const parts = [];
  for (const segment of sheet?.segments ?? []) {
    const place = order.get(segment.key) ?? Infinity;
    const champ = champs[place];
    const same = segment.whole && (!champ || !changed(champ));
    const value = champ ? wanted.get(champ.nom) : sheet?.data[segment.key];
    parts.push({ place, text: same ? segment.text : again(segment, champ, value, eol) });
  }
  const there = new Set(sheet?.segments.map((segment) => segment.key));
  for (const [place, champ] of champs.entries()) {
    const value = wanted.get(champ.nom);
    if (there.has(champ.nom) || value === undefined) continue;
    const text = lines(champ.nom, value, champ).join(eol) + eol;
    const next = parts.findIndex((part) => part.place > place);
    parts.splice(next < 0 ? parts.length : next, 0, { place, text });
  }
  return parts.map((part) => part.text).join("") + (sheet?.tail ?? "");
}

/** A segment with another value, or none: its comments stay, above it. @param {Segment} segment @param {Champ | undefined} champ @param {Value | undefined} value @param {string} eol */
function again(segment, champ, value, eol) {
  const written = value === undefined ? [] : lines(segment.key, value, champ);
  return [...segment.comments, ...written].map((line) => line + eol).join("");
}

/**
 * What the form shows of a value. What does not have the shape of its field is not shown, and stays as it is.
 * @param {Value | undefined} value
 * @param {Champ} champ
 * @returns {any}
 */
function shown(value, champ) {
  if (value === undefined || value === null) return undefined;
  const list = Array.isArray(value) ? value : [value];
  if (champ.champs) {
    const inner = champ.champs;
    return list.filter(isGroup).map((group) => {
      /** @type {Record<string, any>} */
      const held = { ...group };
      for (const one of inner) {
        const found = shown(group[one.nom], one);
        if (found === undefined) delete held[one.nom];
        else held[one.nom] = found;
      }
      return held;
    });
  }
  if (champ.plusieurs) return list.filter((one) => typeof one === "string");
  return typeof value === "string" ? value : undefined;
}

/**
 * What is written of what the form holds; undefined when that is nothing.
 * @param {any} held
 * @param {Champ} champ
 * @returns {Value | undefined}
 */
function kept(held, champ) {
  if (held === undefined || held === null) return undefined;
  if (!champ.champs) {
    if (!champ.plusieurs) return clean(held);
    const list = (Array.isArray(held) ? held : [held]).map(clean).filter((one) => one !== undefined);
    if (champ.inconnu && list.length === 1 && list[0] === UNKNOWN) return UNKNOWN;
    return list.length ? list : undefined;
  }
  const inner = champ.champs;
  const groups = (Array.isArray(held) ? held : [held]).filter(isGroup).map((group) => {
    /** @type {{[key: string]: Value}} */
    const found = {};
    for (const one of inner) {
      const value = kept(group[one.nom], one);
      if (value !== undefined) found[one.nom] = value;
    }
    for (const [key, value] of Object.entries(group)) if (!inner.some((one) => one.nom === key) && value !== null) found[key] = value;
    return found;
  });
  const full = groups.filter((group) => Object.keys(group).length);
  if (!full.length) return undefined;
  return champ.plusieurs ? full : full[0];
}

/** @param {any} held @returns {string | undefined} */
function clean(held) {
  return String(held ?? "").replace(/\r\n?/g, "\n").normalize("NFC").trim() || undefined;
}

/** @param {string} body */
const shownBody = (body) => trimmed(body.replaceAll("\r", "")).normalize("NFC");

/** A text without blank lines around it. @param {string} text */
function trimmed(text) {
  const all = text.split("\n");
  const blank = (/** @type {string} */ line) => !line.replace(/[ \t]/g, "");
  let start = 0;
  let end = all.length;
  while (start < end && blank(all[start])) start++;
  while (end > start && blank(all[end - 1])) end--;
  return all.slice(start, end).join("\n");
}

/** @typedef {{key: string, text: string, comments: string[], whole: boolean}} Segment `whole`: it stands on lines of its own */
/** @typedef {{open: string, close: string, body: string, eol: string, data: {[key: string]: Value}, segments: Segment[], tail: string}} Sheet */

/** @param {string} text @returns {Sheet | null} null when its front matter can't be read */
function parsed(text) {
  const found = /^(\uFEFF?---[ \t]*\r?\n)([\s\S]*?)^(---[ \t]*(?:\r?\n|$))/m.exec(text);
  if (!found || found.index !== 0) return null;
  const [whole, open, front, close] = found;
  const document = parseDocument(front, { schema: "failsafe", logLevel: "silent", keepSourceTokens: true });
  if (document.errors.length || (document.contents && !isMap(document.contents))) return null;
  const pairs = document.contents ? document.contents.items : [];
  if (!pairs.every((/** @type {any} */ pair) => isScalar(pair.key))) return null;
  try {
    const data = document.contents ? /** @type {{[key: string]: Value}} */ (plain(document.contents)) : {};
    const eol = /\r\n/.test(text) ? "\r\n" : "\n";
    return { open, close, body: text.slice(whole.length), eol, data, ...segments(front, pairs) };
  } catch {
    return null; // an alias: a sheet may not have any
  }
}

/** @param {any} pair */
const named = (pair) => String(pair.key.value ?? "").normalize("NFC");

/** Texts, lists and groups. @param {any} node @returns {Value} */
function plain(node) {
  if (isMap(node)) return Object.fromEntries(node.items.map((/** @type {any} */ pair) => [named(pair), plain(pair.value)]));
  if (isSeq(node)) return node.items.map(plain);
  if (node === null || node === undefined) return null;
  if (!isScalar(node)) throw new Error("alias");
  const text = String(node.value ?? "").normalize("NFC");
  return node.type === "PLAIN" && (text === "" || text === "~") ? null : text;
}

/**
 * A front matter by keys: each with the comments right above it, and all lines until the next one.
 * @param {string} front
 * @param {any[]} pairs of the document
 */
function segments(front, pairs) {
  const starts = pairs.map((pair) => pair.key.range[0]);
  const alone = starts.every((at) => at === 0 || front[at - 1] === "\n");
  const comments = remarks(front);
  if (!alone) {
    // Several keys on one line: there is nothing to keep apart, all of it is written again.
    const listed = pairs.map((pair) => ({ key: named(pair), text: "", comments: /** @type {string[]} */ ([]), whole: false }));
    return { segments: listed, tail: comments.map((one) => `${one.text}\n`).join("") };
  }
  const bounds = starts.map((at) => above(front, at));
  const end = bounds.length ? above(front, front.length) : 0;
  return {
    segments: pairs.map((pair, number) => {
      const [from, to] = [bounds[number], bounds[number + 1] ?? end];
      const inside = comments.filter((one) => one.at >= from && one.at < to).map((one) => one.text);
      return { key: named(pair), text: front.slice(from, to), comments: inside, whole: true };
    }),
    tail: front.slice(end),
  };
}

/** Where the comments and blank lines right above a place begin. @param {string} front @param {number} at */
function above(front, at) {
  while (at > 0) {
    const start = front.lastIndexOf("\n", at - 2) + 1;
    if (!/^(?:#.*|[ \t]*)\r?\n?$/.test(front.slice(start, at))) break;
    at = start;
  }
  return at;
}

/** The comments, with where they are. @param {string} front @returns {{at: number, text: string}[]} */
function remarks(front) {
  /** @type {{at: number, text: string}[]} */
  const found = [];
  const look = (/** @type {any} */ token) => {
    if (Array.isArray(token)) token.forEach(look);
    else if (token && typeof token === "object") {
      if (token.type === "comment") found.push({ at: token.offset, text: token.source.trimEnd() });
      else Object.values(token).forEach(look);
    }
  };
  look([...new Parser().parse(front)]);
  return found.sort((a, b) => a.at - b.at);
}
