// @ts-check
// Where the site's files are, and what is fetched once.

/** Address of the root of the site: this file is in assets/js/. */
export const ROOT = new URL("../../", import.meta.url).href;

/** Milliseconds after which a file is given up: a weak network is slow, a dead one silent. */
export const PATIENCE = 30_000;

/** @type {Map<string, Promise<any>>} */
const asked = new Map();

/**
 * A JSON file of the site, fetched once. One that failed is asked for again next time.
 * @param {string} path from the root of the site
 * @returns {Promise<any>}
 */
export function fetchJson(path) {
  let answer = asked.get(path);
  if (!answer) {
    answer = get(path).then((response) => response.json());
    answer.catch(() => asked.delete(path));
    asked.set(path, answer);
  }
  return answer;
}

/** A page or a text of the site. @param {string} path from the root of the site */
export async function fetchText(path) {
  return (await get(path)).text();
}

/** In the archive, which opens from a folder, files come by scripts and pages are named in full (archive.py). @type {any} */
const archive = /** @type {any} */ (globalThis).essaimArchive;

/** @param {string} path @returns {Promise<Response>} */
async function get(path) {
  if (archive) return archive.get(path);
  const response = await fetch(ROOT + path, { signal: AbortSignal.timeout(PATIENCE) });
  if (!response.ok) throw Object.assign(new Error(`${path}: ${response.status}`), { status: response.status });
  return response;
}

/** The address of a page of the site. @param {string} path from the root, with what follows: `explorer/?q=bois` */
export function href(path) {
  return ROOT + (archive ? archive.page(path) : path);
}

/** As French is set: a sign never starts a line, nor is a number cut. shown.py does the same. @param {string} text */
export function spaced(text) {
  return text.replace(/ (?=[;:!?»](?:[\s).,…»]|$)|[%€])|(?<=«) |(?<=\d) (?=\d{3}(?!\d))/g, "\u202f");
}

/**
 * An element. Text goes in as text: nothing here reads HTML.
 * @param {string} name
 * @param {Record<string, string | boolean | EventListener>} attributes `true` sets an empty one, `false` none; a function listens
 * @param {...(Node | string)} children
 * @returns {HTMLElement}
 */
export function el(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(key, value);
    else if (value !== false) element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.map((child) => (typeof child === "string" ? spaced(child) : child)));
  return element;
}

/**
 * For a link that the script follows by itself, but when it is asked for another tab or window.
 * @param {() => unknown} action
 * @returns {EventListener}
 */
export function follow(action) {
  return (event) => {
    const { button, ctrlKey, metaKey, shiftKey, altKey } = /** @type {MouseEvent} */ (event);
    if (button || ctrlKey || metaKey || shiftKey || altKey) return;
    event.preventDefault();
    action();
  };
}

/** @param {number} count @param {string} one @param {string} [several] */
export function plural(count, one, several = `${one}s`) {
  return `${count.toLocaleString("fr-FR")} ${count > 1 ? several : one}`;
}

/**
 * Loads something when an input is first used; tries again at the next visit if it fails.
 * @param {HTMLElement} input
 * @param {() => Promise<unknown>} load
 */
export function onFirstUse(input, load) {
  const use = () => {
    input.removeEventListener("focus", use);
    load().catch(() => input.addEventListener("focus", use));
  };
  input.addEventListener("focus", use);
  if (document.activeElement === input) use();
}
