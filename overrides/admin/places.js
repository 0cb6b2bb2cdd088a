// @ts-check
// From one sheet to another without a list between them, Decap CMS keeps the first one in its form: what is typed next would be
// written over it, or not be asked for. We go by the list.

/** The kind of the sheet that is edited at an address. @param {string} url */
const kindAt = (url) => /#\/collections\/([^/]+)\/(?:new|entries\/.)/.exec(url)?.[1];

/** @param {string[]} another what the menu says when it saves and begins another sheet */
export function watch(another) {
  let asked = false;
  document.addEventListener(
    "click",
    (event) => {
      const item = event.target instanceof Element && event.target.closest("[role=menuitem]");
      if (item) asked = another.includes(item.textContent?.trim() ?? "");
    },
    true,
  );
  addEventListener("hashchange", ({ oldURL, newURL }) => {
    const [left, come] = [kindAt(oldURL), kindAt(newURL)];
    if (!left || !come) return;
    if (left === come && !(asked && newURL.endsWith("/new"))) return;
    asked = false;
    location.replace(`#/collections/${come}`);
    addEventListener("hashchange", () => setTimeout(() => location.assign(newURL)), { once: true });
  });
}
