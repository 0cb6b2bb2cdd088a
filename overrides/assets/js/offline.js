// @ts-check
// Asks the browser to keep what is visited (sw.js). Silently nothing where it can't, or won't.

import { ROOT } from "./site.js";

/** @param {string} kind @param {any} [more] */
const said = async (kind, more) => (await import("./offline-said.js")).say(kind, more);

async function start() {
  const { serviceWorker } = navigator;
  serviceWorker.addEventListener("message", ({ data }) => {
    if (data?.essaim === "nouveau" || data?.essaim === "pret") void said(data.essaim);
    if (data?.essaim === "etat" && data.copie) void said("copie", data.copie);
  });
  const first = !serviceWorker.controller;
  const registration = await serviceWorker.register(`${ROOT}sw.js`, { scope: ROOT, updateViaCache: "none" });
  // A newer release is ready: the worker in charge says whether a page still needs the old one.
  const ready = () => serviceWorker.controller?.postMessage({ essaim: "pret" });
  if (registration.waiting) ready();
  registration.addEventListener("updatefound", () => {
    const { installing } = registration;
    installing?.addEventListener("statechange", () => installing.state === "installed" && ready());
  });
  if (!first) serviceWorker.controller?.postMessage({ essaim: "etat" });
  else {
    const { active } = await serviceWorker.ready;
    const urls = performance.getEntriesByType("resource").map(({ name }) => name);
    // What says that a copy is read can't be fetched then.
    active?.postMessage({ essaim: "vu", urls: [location.href, ...urls, `${ROOT}assets/js/offline-said.js`] });
  }
}

if (ROOT.startsWith("http") && "serviceWorker" in navigator) {
  const later = () => start().catch(() => {});
  if (document.readyState === "complete") void later();
  else addEventListener("load", later, { once: true });
}
