// @ts-check
// /hors-ligne/: takes the whole library along, shows what is kept, takes it away.

import { el, plural, ROOT } from "./site.js";

const MB = (/** @type {number} */ bytes) => `${(bytes / 1e6).toLocaleString("fr-FR", { maximumFractionDigits: 1 })} Mo`;
const AT_ONCE = 4;

/** @param {HTMLElement} place */
async function start(place) {
  if (!ROOT.startsWith("http")) {
    place.replaceChildren(el("p", {}, "Vous lisez déjà une copie de la bibliothèque, ouverte d’un dossier : tout y marche sans réseau."));
    return;
  }
  if (!navigator.serviceWorker || !("caches" in window)) {
    place.replaceChildren(el("p", { class: "banner" }, "Ce navigateur ne sait pas garder un site, ou le refuse ici. Demandez l’archive à télécharger à l’équipe de la bibliothèque."));
    return;
  }
  const registration = await Promise.race([navigator.serviceWorker.ready, new Promise((resolve) => setTimeout(() => resolve(null), 8000))]).catch(() => null);
  /** @type {{version: string, fichiers: number, octets: number, morceaux: [string, string][]}} */
  let list;
  try {
    if (!registration) throw new Error("no worker");
    const answer = await fetch(`${ROOT}hors-ligne/index.json`, { cache: "no-cache" }).catch(() => caches.match(`${ROOT}hors-ligne/index.json`));
    if (!answer?.ok) throw new Error("no list");
    list = await answer.json();
  } catch {
    place.replaceChildren(el("p", { class: "banner" }, "La copie hors connexion n’est pas possible pour l’instant : vérifiez la connexion et les réglages du navigateur, puis rechargez la page."));
    return;
  }
  const name = `essaim-${list.version}`;
  const whole = `${ROOT}?tout`;
  const said = el("p", { role: "status" });
  const bar = /** @type {HTMLProgressElement} */ (el("progress", { "aria-label": "Copie de la bibliothèque", hidden: true }));
  const go = el("button", { type: "button", class: "btn main", click: () => void take() });
  const stop = el("button", { type: "button", class: "btn", hidden: true, click: () => (stopped = true) }, "Arrêter");
  const away = el("button", { type: "button", class: "btn", click: async () => {
    for (const one of await caches.keys()) if (one.startsWith("essaim-")) await caches.delete(one);
    await show("La copie est retirée de cet appareil.");
    go.focus();
  } }, "Retirer la copie"); // prettier-ignore
  let stopped = false;

  async function keptFiles() {
    const cache = await caches.open(name);
    return new Set((await cache.keys()).map(({ url }) => decodeURIComponent(url.slice(ROOT.length))).filter((file) => file && !file.startsWith("?") && !/^hors-ligne\/[^/]*\.json$/.test(file)));
  }

  /** @param {string} [first] */
  async function show(first = "") {
    const kept = await keptFiles();
    const all = kept.size >= list.fichiers;
    const pages = [...kept].filter((file) => file.endsWith(".html")).length;
    said.textContent = `${first} ${all ? "Toute la bibliothèque est sur cet appareil : vous pouvez couper la connexion." : kept.size ? `${plural(pages, "page")} sur cet appareil, ${pages > 1 ? "celles que vous avez ouvertes" : "celle que vous avez ouverte"}.` : "Rien n’est encore gardé sur cet appareil."}`.trim();
    go.hidden = all;
    go.textContent = kept.size > 60 ? "Continuer la copie" : "Emporter toute la bibliothèque";
    away.hidden = !kept.size;
  }

  async function take() {
    stopped = false;
    go.hidden = away.hidden = true;
    stop.hidden = bar.hidden = false;
    stop.focus();
    bar.max = list.fichiers;
    const kept = await keptFiles();
    let done = kept.size;
    /** @type {string[]} */
    const left = [];
    let failed = "";
    try {
      for (const number of list.morceaux.keys()) {
        const rows = await (await fetch(`${ROOT}hors-ligne/${number}.json`, { cache: "no-cache" })).json();
        for (const [file] of rows) if (!kept.has(file)) left.push(file);
      }
      bar.value = done;
      said.textContent = `Copie en cours : ${plural(left.length, "fichier")} à prendre.`;
      const one = async () => {
        while (left.length && !stopped && !failed) {
          const file = /** @type {string} */ (left.shift());
          const answer = await fetch(ROOT + file.replace(/(^|\/)index\.html$/, "$1"));
          if (!answer.ok && file !== "404.html") throw new Error(file);
          bar.value = ++done;
          if (done % 200 === 0) said.textContent = `Copie en cours : ${done} fichiers sur ${list.fichiers}.`;
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, one));
      const now = await keptFiles();
      if (!stopped && now.size < list.fichiers) failed = "l’appareil manque peut-être de place, ou le site vient de changer";
      else if (!stopped) await (await caches.open(name)).put(whole, new Response(""));
    } catch {
      failed = "la connexion est coupée, ou le site vient de changer : rechargez la page";
    }
    stop.hidden = bar.hidden = true;
    await show(failed ? `La copie n’est pas complète : ${failed}. Ce qui est pris est gardé.` : stopped ? "Copie arrêtée. Ce qui est pris est gardé, vous pourrez continuer." : "");
    (go.hidden ? away : go).focus();
  }

  place.replaceChildren(
    el("p", {}, `Toute la bibliothèque tient en ${plural(list.fichiers, "fichier")}, ${MB(list.octets)} environ (moins sur le réseau, où ils voyagent compressés), recherche et fiches-outils comprises. Version ${list.version.slice(0, 6)}.`),
    said, bar, el("p", { class: "acts" }, go, stop, away),
  ); // prettier-ignore
  await show();
}

const place = document.querySelector("[data-offline-library]");
if (place instanceof HTMLElement) void start(place);
