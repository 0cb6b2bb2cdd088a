// @ts-check
// From the text of a sheet to what the form holds, and back. What the form did not change keeps every byte.

import { isGroup, lines } from "./style.js";
import { Parser, isMap, isScalar, isSeq, parseDocument } from "./yaml.js";

/** @typedef {import("./style.js").Champ} Champ */
/** @typedef {import("./style.js").Value} Value */

export const UNKNOWN = "non communiqué";
/** Keys of ours beside the fields: the text as it was read, whether it could be; in a group, in JSON, what is not shown of it. */
const ORIGINAL = "_original", UNREADABLE = "_illisible", REST = "_reste"; // prettier-ignore
export const BODY = "body";
// Characters of a front matter, levels of its lists and groups: the check takes no more (source.py), and the yaml package is
// recursive: thousands of levels take the page down.
const MAX_FRONT = 60_000, MAX_DEPTH = 20; // prettier-ignore
const BLANK = /^(?:[ \t]*\r?\n)*/;

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
  const sheet = text === undefined ? null : parsed(text);
  if (held[UNREADABLE] || (text !== undefined && !sheet)) return text ?? "";
  const wanted = new Map(champs.map((champ) => [champ.nom, kept(held[champ.nom], champ)]));
  const changed = new Set(champs.filter((champ) => !same(wanted.get(champ.nom), kept(shown(sheet?.data[champ.nom], champ), champ))));
  const body = shownBody(String(held[BODY] ?? ""));
  const sameBody = sheet !== null && body === shownBody(sheet.body);
  if (text !== undefined && sameBody && !changed.size) return text;
  const eol = sheet?.eol ?? "\n";
  const front = sheet && !changed.size ? sheet.front : merged(sheet, champs, wanted, changed);
  const below = sameBody ? sheet.body : body && `${eol}${body.replaceAll("\n", eol)}${eol}`;
  const close = sheet?.close ?? "---\n";
  const made = `${sheet?.open ?? "---\n"}${front}${close}${below && !close.endsWith("\n") ? eol : ""}${below}`;
  if (!lossless(parsed(made), sheet, champs, wanted, changed, body)) throw refusal();
  return made;
}

/** Without a name: Decap shows an error with its name before it. */
const refusal = () => Object.assign(new Error("cette fiche ne peut pas être écrite sans risque d’en perdre, corrigez-la dans un éditeur de texte."), { name: "" });

/** @param {any} a @param {any} b */
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/**
 * A promise checked each time rather than believed: each field as the form holds it with what the form does not show, the
 * other keys to the letter, each comment, and the body.
 * @param {Sheet | null} made
 * @param {Sheet | null} before
 * @param {Champ[]} champs
 * @param {Map<string, Value | undefined>} wanted
 * @param {Set<Champ>} changed
 * @param {string} body
 */
function lossless(made, before, champs, wanted, changed, body) {
  if (!made || shownBody(made.body) !== body) return false;
  const touched = new Set([...changed].map((champ) => champ.nom));
  const others = (/** @type {Sheet | null} */ sheet) => Object.entries(sheet?.data ?? {}).filter(([key]) => !touched.has(key));
  const apart = (/** @type {Sheet | null} */ sheet, /** @type {Champ} */ champ) => hidden(sheet?.data[champ.nom], champ).map(([, one]) => one);
  const said = (/** @type {Sheet | null} */ sheet) => (sheet?.comments ?? []).map((one) => one.text).sort();
  return (
    same(said(made), said(before)) &&
    same(others(made), others(before)) &&
    champs.every((champ) => same(apart(made, champ), apart(before, champ)) && same(kept(shown(made.data[champ.nom], champ), champ), wanted.get(champ.nom)))
  );
}

/**
 * The front matter: segments that did not change as they were, the others as front.py writes them.
 * @param {Sheet | null} sheet
 * @param {Champ[]} champs
 * @param {Map<string, Value | undefined>} wanted
 * @param {Set<Champ>} changed
 */
function merged(sheet, champs, wanted, changed) {
  const eol = sheet?.eol ?? "\n";
  const order = new Map(champs.map((champ, place) => [champ.nom, place]));
  /** @type {{place: number, text: string, open: boolean}[]} */
  const parts = [];
  for (const segment of sheet?.segments ?? []) {
    const place = order.get(segment.key) ?? Infinity;
    const champ = champs[place];
    const before = sheet?.data[segment.key];
    const value = champ && changed.has(champ) ? restored(wanted.get(champ.nom), hidden(before, champ), champ) : before;
    const left = segment.whole && !(champ && changed.has(champ));
    parts.push({ place, text: segment.head + (left ? segment.text : again(segment, champ, value, eol)), open: left && segment.open });
  }
  const there = new Set(sheet?.segments.map((segment) => segment.key));
  for (const [place, champ] of champs.entries()) {
    const value = wanted.get(champ.nom);
    if (there.has(champ.nom) || value === undefined) continue;
    const text = lines(champ.nom, value, champ).join(eol) + eol;
    const next = parts.findIndex((part) => part.place > place);
    parts.splice(next < 0 ? parts.length : next, 0, { place, text, open: false });
  }
  let front = sheet?.lead ?? "";
  let [open, gone] = [false, false];
  for (const part of [...parts, { text: sheet?.tail ?? "", open: false }]) {
    // Where the key between them goes, the next blank lines would become part of the text above.
    const text = open && gone ? part.text.replace(BLANK, "") : part.text;
    front += text;
    gone = !text.trim();
    if (!gone) open = part.open;
  }
  return front;
}

/** The value of a segment written again, or none: its comments stay, above it. @param {Segment} segment @param {Champ | undefined} champ @param {Value | undefined} value @param {string} eol */
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
    return list.filter(isGroup).map((group) => shownGroup(group, inner));
  }
  if (champ.plusieurs) return list.filter((one) => typeof one === "string");
  return typeof value === "string" ? value : undefined;
}

/** @param {{[key: string]: Value}} group @param {Champ[]} champs */
function shownGroup(group, champs) {
  /** @type {Record<string, any>} */
  const held = {};
  const rest = new Map(Object.entries(group));
  for (const champ of champs) {
    const value = rest.get(champ.nom);
    const found = shown(value, champ);
    if (found !== undefined) held[champ.nom] = found;
    const apart = hidden(value, champ);
    if (apart.length) rest.set(champ.nom, /** @type {any} */ (apart));
    else rest.delete(champ.nom);
  }
  // Decap carries texts along; of other values, it loses those under a key such as __proto__.
  if (rest.size) held[REST] = JSON.stringify([...rest]);
  return held;
}

/**
 * What the form does not show of a value, with its places among the items: what has not the shape of its field.
 * @param {Value | undefined} value
 * @param {Champ} champ
 * @returns {[number, Value][]}
 */
function hidden(value, champ) {
  if (value === undefined || value === null || (champ.champs && value === UNKNOWN)) return [];
  const list = Array.isArray(value) && (champ.champs || champ.plusieurs) ? value : [value];
  const fits = (/** @type {Value} */ one) => one === null || (champ.champs ? isGroup(one) : typeof one === "string");
  return [...list.entries()].filter(([, one]) => !fits(one));
}

/**
 * A value with what the form did not show of it.
 * @param {Value | undefined} value
 * @param {[number, Value][]} apart
 * @param {Champ} champ
 * @returns {Value | undefined}
 */
function restored(value, apart, champ) {
  if (!apart.length) return value;
  if (!champ.champs && !champ.plusieurs) {
    if (value !== undefined) throw refusal(); // a text was typed where something else stands
    return apart[0][1];
  }
  const list = Array.isArray(value) ? [...value] : value === undefined ? [] : [value];
  for (const [place, one] of apart) list.splice(place, 0, one);
  return list;
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
  const groups = (Array.isArray(held) ? held : [held]).filter(isGroup).map((group) => keptGroup(group, inner));
  const full = groups.filter((group) => Object.keys(group).length);
  if (!full.length) return undefined;
  return champ.plusieurs || full.length > 1 ? full : full[0];
}

/** @param {Record<string, any>} group @param {Champ[]} champs @returns {{[key: string]: Value}} */
function keptGroup(group, champs) {
  /** @type {Map<string, any>} */
  const rest = new Map(JSON.parse(group[REST] ?? "[]"));
  /** @type {[string, Value][]} */
  const found = [];
  for (const champ of champs) {
    const value = restored(kept(group[champ.nom], champ), rest.get(champ.nom) ?? [], champ);
    if (value !== undefined) found.push([champ.nom, value]);
    rest.delete(champ.nom);
  }
  return Object.fromEntries([...found, ...rest]);
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

/**
 * A key with its value: `head` is the comments and blank lines right above it, `text` from the key on, `comments` those in it.
 * `whole`: it stands on lines of its own; `open`: it ends with a block of text, which blank lines below could become part of.
 * @typedef {{key: string, head: string, text: string, comments: string[], whole: boolean, open: boolean}} Segment
 */
/** @typedef {{at: number, text: string}} Comment */
/** @typedef {{lead: string, segments: Segment[], tail: string}} Parts `lead` and `tail`: before the first segment, after the last */
/** @typedef {{open: string, front: string, close: string, body: string, eol: string, data: {[key: string]: Value}, comments: Comment[]} & Parts} Sheet */

/** @param {string} text @returns {Sheet | null} null when its front matter can't be read */
function parsed(text) {
  // No ^ or $ with the flag m: for them, U+2028 ends a line.
  const open = /^\uFEFF?---[ \t]*\r?\n/.exec(text)?.[0];
  const end = open && /\n(---[ \t]*(?:\r?\n|$))/.exec(text.slice(open.length - 1));
  if (!open || !end || end.index > MAX_FRONT) return null;
  const [front, close] = [text.slice(open.length, open.length + end.index), end[1]];
  try {
    const tokens = [...new Parser().parse(front)];
    if (tooDeep(tokens)) return null;
    const document = parseDocument(front, { schema: "failsafe", logLevel: "silent", prettyErrors: false });
    if (document.errors.length || (document.contents && !isMap(document.contents))) return null;
    const data = document.contents ? /** @type {{[key: string]: Value}} */ (plain(document.contents)) : {};
    const eol = open.endsWith("\r\n") ? "\r\n" : "\n";
    const comments = remarks(tokens);
    return { open, front, close, body: text.slice(open.length + front.length + close.length), eol, data, comments, ...segments(front, document.contents, comments, eol) };
  } catch {
    return null; // an alias, or a key that is no text: a sheet may not have any
  }
}

/** Without recursion, which is what it guards. @param {any[]} tokens */
function tooDeep(tokens) {
  const left = tokens.map((token) => ({ token, depth: 0 }));
  for (let next = left.pop(); next; next = left.pop()) {
    const { token } = next;
    const depth = next.depth + Number(/^(?:block-map|block-seq|flow-collection)$/.test(token.type));
    if (depth > MAX_DEPTH) return true;
    for (const part of [token, ...(token.items ?? [])]) for (const inner of [part.key, part.value]) if (inner) left.push({ token: inner, depth });
  }
  return false;
}

/** @param {any} pair */
function named(pair) {
  if (!isScalar(pair.key)) throw new Error("key");
  return String(pair.key.value ?? "").normalize("NFC");
}

/** Texts, lists and groups. @param {any} node @returns {Value} */
function plain(node) {
  if (isMap(node)) {
    const pairs = new Map(node.items.map((/** @type {any} */ pair) => [named(pair), plain(pair.value)]));
    if (pairs.size < node.items.length) throw new Error("twice the same key");
    return Object.fromEntries(pairs);
  }
  if (isSeq(node)) return node.items.map(plain);
  if (node === null || node === undefined) return null;
  if (!isScalar(node)) throw new Error("alias");
  const text = String(node.value ?? "").normalize("NFC");
  return node.type === "PLAIN" && (text === "" || text === "~") ? null : text;
}

/**
 * A front matter by keys: each with the comments right above it, and all lines until the next one.
 * @param {string} front
 * @param {any} root of the document, or null
 * @param {Comment[]} comments
 * @param {string} eol
 * @returns {Parts}
 */
function segments(front, root, comments, eol) {
  if (!root) return { lead: front, segments: [], tail: "" };
  /** @type {any[]} */
  const pairs = root.items;
  /** @type {number[]} */
  const starts = pairs.map((pair) => pair.key.range[0]);
  const between = (/** @type {number} */ from, /** @type {number} */ to) => comments.filter((one) => one.at >= from && one.at < to).map((one) => one.text);
  const alone = pairs.length && !root.flow && starts.every((at) => at === 0 || front[at - 1] === "\n");
  if (!alone) {
    // Several keys on one line, or none: there is nothing to keep apart, all of it is written again.
    const listed = pairs.map((pair, number) => ({ key: named(pair), head: "", text: "", comments: between(starts[number - 1] ?? 0, starts[number]), whole: false, open: false }));
    return { lead: "", segments: listed, tail: between(starts.at(-1) ?? 0, front.length).map((one) => one + eol).join("") };
  }
  const blocks = pairs.map((pair) => lastBlock(pair.value, front));
  const bounds = [...starts, front.length].map((at, number) => above(front, at, ending(blocks[number - 1] ?? null, front)));
  return {
    lead: front.slice(0, bounds[0]),
    segments: pairs.map((pair, number) => {
      const [start, to] = [starts[number], bounds[number + 1]];
      const [head, text] = [front.slice(bounds[number], start), front.slice(start, to)];
      const open = !front.slice(blocks[number]?.[1] ?? start, to).trim();
      return { key: named(pair), head, text, comments: between(start, to), whole: true, open };
    }),
    tail: front.slice(bounds[pairs.length]),
  };
}

/** Where the block of text (« | » or « > ») that ends a value stands, if one does. @param {any} node @param {string} front @returns {[number, number] | null} */
function lastBlock(node, front) {
  let last = node;
  while (isMap(last) || isSeq(last)) last = isMap(last) ? last.items.at(-1)?.value : last.items.at(-1);
  return isScalar(last) && last.range && /[|>]/.test(front[last.range[0]]) ? [last.range[0], last.range[1]] : null;
}

/**
 * Where a block of text ends whose last blank lines are its own: « |+ », or lines of spaces, of which readers of YAML do not
 * agree whether they are part of it. 0 for others.
 * @param {[number, number] | null} block
 * @param {string} front
 */
function ending(block, front) {
  if (!block) return 0;
  const blank = (BLANK.exec(front.slice(block[1])) ?? [""])[0];
  const text = front.slice(...block) + blank;
  return /^.\d?\+/.test(text) || /[ \t]/.test(text.slice(text.trimEnd().length)) ? block[1] + blank.length : 0;
}

/** Where the comments and blank lines right above a place begin. @param {string} front @param {number} at @param {number} floor */
function above(front, at, floor) {
  while (at > floor) {
    const start = at < 2 ? 0 : front.lastIndexOf("\n", at - 2) + 1; // lastIndexOf reads a place below 0 as 0
    if (!/^(?:#[^\n]*|[ \t]*\r?)\n$/.test(front.slice(start, at))) break;
    at = start;
  }
  return at;
}

/** The comments, with where they are. @param {any[]} tokens @returns {Comment[]} */
function remarks(tokens) {
  /** @type {Comment[]} */
  const found = [];
  const look = (/** @type {any} */ token) => {
    if (Array.isArray(token)) token.forEach(look);
    else if (token && typeof token === "object") {
      if (token.type === "comment") found.push({ at: token.offset, text: token.source.trimEnd() });
      else Object.values(token).forEach(look);
    }
  };
  look(tokens);
  return found.sort((a, b) => a.at - b.at);
}
