// @ts-check
/// <reference lib="webworker" />
// The service worker: keeps what a reader visits, gives it back without network. offline.py puts VERSION in front.
//
// Two versions never mix. This worker keeps a file only when its hash is that of its own version. A page is bound to a version
// when it opens: one of ours gets our files only; one that the server has already changed gets the server's only.

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
// @ts-ignore: the line that the build puts in front.
const NAME = `essaim-${VERSION}`;
const STATE = "essaim-etat";
const ROOT = worker.registration.scope;
const PATIENCE = 5000; // milliseconds: after that, a copy is better than waiting
const WHOLE = `${ROOT}?tout`; // stands in the cache when she took the whole library

/** Pages of another version. Ours need no mark. @type {Set<string>} */
const others = new Set();
/** Page → when its copy was fetched. @type {Map<string, string>} */
const dates = new Map();

/** The file of an address: without its question, a folder is its page. @param {string} url */
function fileOf(url) {
  let path = new URL(url).pathname.slice(new URL(ROOT).pathname.length);
  try {
    path = decodeURIComponent(path);
  } catch {
    // Badly written: no file of ours has such a name.
  }
  return path === "" || path.endsWith("/") ? `${path}index.html` : path;
}

/** @param {ArrayBuffer} bytes */
async function digest(bytes) {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...hash.slice(0, 5)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @type {Promise<{version: string, morceaux: [string, string][]}> | null} */
let index = null;
/** @type {Map<number, Promise<Map<string, string>>>} */
const pieces = new Map();

/** What a browser refuses to keep, or to give back, must never stop a page. @template T @param {Promise<T>} asked */
const quiet = (asked) => asked.catch(() => undefined);

/** The server has another release: what it answers is not ours. */
class Another extends Error {}

/** A list of hashes, from the cache or the network; it must be of this version. @param {string} path @param {(bytes: ArrayBuffer) => Promise<boolean>} right */
async function list(path, right) {
  const cache = await quiet(caches.open(NAME));
  const url = `${ROOT}hors-ligne/${path}`;
  const kept = await quiet(Promise.resolve(cache?.match(url)));
  if (kept) return kept.json();
  const answer = await fetch(url, { cache: "no-cache" });
  const bytes = await answer.clone().arrayBuffer();
  if (!answer.ok || !(await right(bytes))) throw new Another(path);
  await quiet(Promise.resolve(cache?.put(url, answer)));
  return JSON.parse(new TextDecoder().decode(bytes));
}

function indexed() {
  // @ts-ignore: as above
  index ??= list("index.json", async (bytes) => JSON.parse(new TextDecoder().decode(bytes)).version === VERSION);
  index.catch(() => (index = null));
  return index;
}

/** The hash that a file has in this version; undefined for one that is not in it. @param {string} file */
async function hashOf(file) {
  const { morceaux } = await indexed();
  let number = morceaux.findIndex(([first]) => first > file) - 1;
  if (number === -2) number = morceaux.length - 1;
  if (number < 0) return undefined;
  let piece = pieces.get(number);
  if (!piece) {
    piece = list(`${number}.json`, async (bytes) => (await digest(bytes)) === morceaux[number][1]).then((rows) => new Map(rows));
    piece.catch(() => pieces.delete(number));
    pieces.set(number, piece);
  }
  return (await piece).get(file);
}

/** The copy of a file. @param {string} file */
function copyOf(file) {
  return quiet(caches.open(NAME).then((cache) => cache.match(ROOT + file)));
}

/** Keeps an answer when it is this version's: says whether it is. @param {string} file @param {Response} answer @param {Cache} [cache] */
async function keep(file, answer, cache) {
  const bytes = await answer.clone().arrayBuffer();
  const hash = await digest(bytes);
  if ((await hashOf(file)) !== hash) return false;
  const headers = { "Content-Type": answer.headers.get("Content-Type") ?? "", "X-Essaim-Hash": hash, "X-Essaim-Date": new Date().toISOString() };
  try {
    await (cache ?? (await caches.open(NAME))).put(ROOT + file, new Response(bytes, { headers }));
  } catch {
    // Storage is full: it was still the right file.
    if (cache) throw new Error("full");
  }
  return true;
}

/** @param {string} id @param {object} message */
async function tell(id, message) {
  (await worker.clients.get(id))?.postMessage(message);
}

/** Whether a page is of another version; it is written down, since a worker may be stopped at any time. @param {string} id */
async function other(id) {
  await deciding.get(id);
  if (others.has(id)) return true;
  return Boolean(await quiet(caches.open(STATE).then((cache) => cache.match(`${ROOT}?page=${id}`))));
}

/** @param {string} id */
async function estrange(id) {
  others.add(id);
  await quiet(caches.open(STATE).then((cache) => cache.put(`${ROOT}?page=${id}`, new Response(""))));
}

/** Pages whose version is not known yet. @type {Map<string, Promise<void>>} */
const deciding = new Map();

/** @param {FetchEvent} event */
async function page(event) {
  const { url } = event.request;
  const id = event.resultingClientId;
  const file = fileOf(url);
  const copy = await copyOf(file);
  const asked = fetch(url, { redirect: "manual", cache: "no-cache", credentials: "same-origin" });
  const patient = new Promise((resolve) => copy && setTimeout(resolve, PATIENCE));
  const answer = /** @type {Response | undefined} */ (await Promise.race([asked.catch(() => undefined), patient]));
  if (answer?.type === "opaqueredirect" || (answer && answer.status >= 500 && !copy)) return answer;
  if (answer && answer.status < 500) {
    // The page goes on at once; what it asks for waits until its version is known.
    const decided = keep(answer.ok ? file : "404.html", answer.clone()).catch((error) => !(error instanceof Another)).then(async (right) => {
      if (right) return;
      await estrange(id);
      void worker.registration.update().catch(() => {});
    }); // prettier-ignore
    deciding.set(id, decided);
    event.waitUntil(decided.finally(() => deciding.delete(id)));
    return answer;
  }
  if (copy) {
    dates.set(id, copy.headers.get("X-Essaim-Date") ?? "");
    return copy;
  }
  // Typed without its last slash: hosts redirect, and so must we.
  if (await copyOf(`${file}/index.html`)) return Response.redirect(`${ROOT}${file}/${new URL(url).search}`);
  return nothing();
}

/** @param {FetchEvent} event */
async function resource(event) {
  const { request, clientId, resultingClientId } = event;
  if (await other(clientId)) {
    if (resultingClientId) await estrange(resultingClientId); // its worker
    return fetch(request.url, { cache: "no-cache" });
  }
  const file = fileOf(request.url);
  const copy = await copyOf(file);
  if (copy) return copy;
  const answer = await fetch(request.url, { cache: "no-cache" });
  if (!answer.ok) return answer;
  try {
    const hash = await hashOf(file);
    if (hash === undefined) return answer; // no file of the site: nothing to mix
    if (await keep(file, answer)) return answer;
  } catch (error) {
    if (!(error instanceof Another)) return answer; // the list does not come, on a weak network
  }
  // The server has a newer release: this page must not get a part of it.
  void worker.registration.update().catch(() => {});
  await tell(clientId, { essaim: "nouveau" });
  return Response.error();
}

/** What is shown for a page that was not kept: those that were. */
async function nothing() {
  const escape = (/** @type {string} */ text) => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
  const cache = await caches.open(NAME);
  const found = [];
  for (const request of await cache.keys()) {
    const answer = request.url.endsWith("/index.html") ? await cache.match(request) : undefined;
    const title = answer && /<title>([^<]*)<\/title>/.exec(await answer.text())?.[1];
    if (title) found.push([request.url.slice(0, -"index.html".length), title.split(" · ")[0]]);
  }
  const rows = found.map(([url, title]) => `<li><a href="${escape(url)}">${title}</a></li>`).join("");
  const styles = ["tokens", "base", "shell", "components"].map((name) => `<link rel="stylesheet" href="${ROOT}assets/css/${name}.css">`).join("");
  const body = `<!doctype html><html lang="fr"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>Hors connexion</title>${styles}</head>
<body><main class="wrap lost"><h1>Cette page n’est pas sur votre appareil</h1><p class="lead">Vous êtes hors connexion, et vous ne l’avez pas encore ouverte.</p>
<h2>Les pages que vous avez</h2>${rows ? `<ul class="links">${rows}</ul>` : "<p>Aucune pour l’instant.</p>"}
<p><a href="${ROOT}hors-ligne/">Emporter toute la bibliothèque</a>, quand la connexion reviendra.</p></main></body></html>`;
  return new Response(body, { status: 503, headers: { "Content-Type": "text/html; charset=utf-8" } });
}

/** Everything that the old version kept, in this one: what did not change is copied, the rest is fetched. All, or nothing. */
async function install() {
  const cache = await caches.open(NAME);
  try {
    await indexed();
    /** @type {Set<string>} */
    const wanted = new Set();
    /** @type {Map<string, Response>} */
    const before = new Map();
    let whole = false;
    for (const name of await caches.keys()) {
      if (!name.startsWith("essaim-") || name === NAME || name === STATE) continue;
      const old = await caches.open(name);
      whole ||= Boolean(await old.match(WHOLE));
      for (const request of await old.keys()) {
        const answer = await old.match(request);
        if (!answer?.headers.has("X-Essaim-Hash")) continue;
        wanted.add(request.url.slice(ROOT.length));
        before.set(request.url.slice(ROOT.length), answer);
      }
    }
    if (whole) {
      const { morceaux } = await indexed();
      for (const [first] of morceaux) {
        await hashOf(first);
      }
      for (const piece of pieces.values()) for (const file of (await piece).keys()) wanted.add(file);
      await cache.put(WHOLE, new Response(""));
    }
    for (const file of wanted) {
      const hash = await hashOf(file);
      if (hash === undefined) continue; // no page of this version any more
      const old = before.get(file);
      if (old?.headers.get("X-Essaim-Hash") === hash) {
        await cache.put(ROOT + file, old);
        continue;
      }
      const answer = await fetch(ROOT + file, { cache: "no-cache" });
      if (!answer.ok || !(await keep(file, answer, cache))) throw new Error(`${file}: another version`);
    }
  } catch (error) {
    await caches.delete(NAME);
    throw error;
  }
}

async function activate() {
  const older = (await caches.keys()).filter((name) => name.startsWith("essaim-") && name !== NAME && name !== STATE);
  await caches.delete(STATE);
  for (const name of older) await caches.delete(name);
  const open = await worker.clients.matchAll({ type: "all", includeUncontrolled: true });
  if (older.length) {
    // Pages of the version before that are still open: they must not get our files.
    for (const { id } of open) {
      await estrange(id);
      await tell(id, { essaim: "nouveau" });
    }
  } else await worker.clients.claim();
}

worker.addEventListener("install", (event) => event.waitUntil(install()));
worker.addEventListener("activate", (event) => event.waitUntil(activate()));

worker.addEventListener("fetch", (event) => {
  const { method, url, headers, mode } = event.request;
  if (method !== "GET" || !url.startsWith(ROOT) || headers.has("Range")) return;
  const file = fileOf(url);
  if (file === "sw.js" || /^hors-ligne\/[^/]*\.json$/.test(file)) return;
  event.respondWith(mode === "navigate" ? page(event) : resource(event));
});

worker.addEventListener("message", (event) => {
  const { data } = event;
  const client = /** @type {Client} */ (event.source);
  if (data?.essaim === "prendre") void worker.skipWaiting();
  if (data?.essaim === "pret") {
    event.waitUntil(
      (async () => {
        const open = await worker.clients.matchAll({ type: "window" });
        const strange = await Promise.all(open.map(({ id }) => other(id)));
        if (strange.every(Boolean)) worker.registration.waiting?.postMessage({ essaim: "prendre" });
        else client.postMessage({ essaim: "pret" });
      })(),
    );
  }
  if (data?.essaim === "etat") client.postMessage({ essaim: "etat", copie: dates.get(client.id) ?? "" });
  if (data?.essaim === "vu" && Array.isArray(data.urls)) {
    // What the first page loaded before there was a worker.
    event.waitUntil(
      (async () => {
        for (const url of data.urls.slice(0, 200)) {
          if (typeof url !== "string" || !url.startsWith(ROOT)) continue;
          const file = fileOf(url);
          if (file === "sw.js" || file.startsWith("hors-ligne/") || (await copyOf(file))) continue;
          const answer = await fetch(url.split("#")[0], { cache: "force-cache" }).catch(() => null);
          if (answer?.ok) await keep(file, answer).catch(() => false);
        }
      })(),
    );
  }
});
