// @ts-check
// Canonical front matter, as front.py writes it: the form of a value follows from the value and from its field alone.

/**
 * A field, as config.json tells it: `champs` are those of a group, `typee` says that a number or a date is written.
 * @typedef {{nom: string, titre: string, typee: boolean, rubrique: string, plusieurs: boolean, inconnu: boolean, champs?: Champ[]}} Champ
 */
/** @typedef {string | null | Value[] | {[key: string]: Value}} Value */

/** Characters of the longest line that holds a whole list or group; of the longest item of such a list. */
const WIDTH = 120, ITEM = 40; // prettier-ignore

const LOOKS_TYPED =
  /^(?:[-+]?\.?[0-9][0-9a-fA-FxXoO_.,:eE+TtZz -]*|[-+]?\.(?:inf|nan)|~|null|true|false|yes|no|on|off|y|n|=|<<)$/iu;
const NEVER_FIRST = new Set("-?:,[]{}#&*!|>'\"%@` .");
const BREAKS = /[\n\t\u2028\u2029]/;
const FLOW_SIGNS = /[,[\]{}?]|:$/;
const NUMBER_OR_DATE = /^(?:-?[0-9]+(?:[.][0-9]+)?|[0-9]{4}-[0-9]{2}(?:-[0-9]{2})?)$/;
/** @type {Record<string, string>} */
const ESCAPES = { "\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\u2028": "\\L", "\u2029": "\\P" };

/** Characters as Python counts them. @param {string} text */
const length = (text) => [...text].length;

/** @param {Value} value @returns {value is {[key: string]: Value}} */
export const isGroup = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** @param {string} text @param {boolean} typed @param {boolean} flow */
export function scalar(text, typed = false, flow = false) {
  const plain =
    text !== "" &&
    !NEVER_FIRST.has(text[0]) &&
    !" :".includes(text[text.length - 1]) &&
    !text.includes(": ") &&
    !text.includes(" #") &&
    !BREAKS.test(text) &&
    !(flow && FLOW_SIGNS.test(text)) &&
    !LOOKS_TYPED.test(text);
  if (plain || (typed && NUMBER_OR_DATE.test(text))) return text;
  return `"${text.replace(/[\\"\n\t\u2028\u2029]/g, (sign) => ESCAPES[sign])}"`;
}

/**
 * The lines of a key and its value.
 * @param {string} key
 * @param {Value} value
 * @param {Champ | undefined} champ
 */
export function lines(key, value, champ) {
  return block(`${scalar(key, false, true)}:`, value, champ, 0);
}

/**
 * Keys of a group in the order of its fields, unknown ones last.
 * @param {{[key: string]: Value}} group
 * @param {Champ[]} champs
 * @returns {[string, Value, Champ | undefined][]}
 */
export function ordered(group, champs) {
  const places = new Map(champs.map((champ, place) => [champ.nom, place]));
  return Object.entries(group)
    .sort(([a], [b]) => (places.get(a) ?? champs.length) - (places.get(b) ?? champs.length))
    .map(([key, value]) => [key, value, champs[places.get(key) ?? -1]]);
}

/**
 * @param {string} name `key:` or `-`
 * @param {Value} value
 * @param {Champ | undefined} champ
 * @param {number} indent
 * @returns {string[]}
 */
function block(name, value, champ, indent) {
  const start = " ".repeat(indent) + name;
  if (value === null || typeof value === "string") return scalarLines(start, value, champ?.typee ?? false, indent + 2);
  const flow = inFlow(value, champ);
  if (flow !== null && (!Object.keys(value).length || length(`${start} ${flow}`) <= WIDTH)) return [`${start} ${flow}`];
  const inside = Array.isArray(value)
    ? value.flatMap((item) => block("-", item, champ, indent + 2))
    : ordered(value, champ?.champs ?? []).flatMap(([key, one, inner]) => block(`${scalar(key, false, true)}:`, one, inner, indent + 2));
  if (name === "-" && isGroup(value)) return [`${" ".repeat(indent)}- ${inside[0].slice(indent + 2)}`, ...inside.slice(1)];
  return [start, ...inside];
}

/** @param {string} start @param {string | null} value @param {boolean} typed @param {number} indent */
function scalarLines(start, value, typed, indent) {
  if (value === null) return [start];
  if (!literal(value)) return [`${start} ${scalar(value, typed)}`];
  const text = value.endsWith("\n") ? value.slice(0, -1) : value;
  return [`${start} ${text === value ? "|-" : "|"}`, ...text.split("\n").map((line) => line && " ".repeat(indent) + line)];
}

/** @param {string} value */
function literal(value) {
  return value.includes("\n") && !/^[\n ]/.test(value) && !value.endsWith("\n\n") && !/[\t\u2028\u2029]/.test(value) && /[^ \n]/.test(value);
}

/**
 * A list or a group on one line, or null when it needs several.
 * @param {Value[] | {[key: string]: Value}} value
 * @param {Champ | undefined} champ
 */
function inFlow(value, champ) {
  if (Array.isArray(value)) {
    if (!value.length) return "[]";
    if (!value.every((one) => typeof one === "string" && !one.includes("\n") && length(one) <= ITEM)) return null;
    return `[${value.map((one) => scalar(/** @type {string} */ (one), champ?.typee, true)).join(", ")}]`;
  }
  const pairs = ordered(value, champ?.champs ?? []);
  if (!pairs.length) return "{}";
  if (!pairs.every(([, one]) => typeof one === "string" && !one.includes("\n"))) return null;
  return `{ ${pairs.map(([key, one, inner]) => `${scalar(key, false, true)}: ${scalar(/** @type {string} */ (one), inner?.typee, true)}`).join(", ")} }`;
}
