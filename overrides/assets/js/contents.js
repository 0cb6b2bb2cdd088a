// @ts-check
// « Dans cette page »: marks the section being read.

/** @param {Element} nav */
export function start(nav) {
  /** @type {Map<Element, HTMLAnchorElement>} */
  const links = new Map();
  for (const link of nav.querySelectorAll("a")) {
    const target = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (target) links.set(target, link);
  }
  const mark = () => {
    // The last heading that has passed the upper third of the screen.
    let current = null;
    for (const [target, link] of links) {
      if (target.getBoundingClientRect().top < innerHeight / 3) current = link;
    }
    for (const link of links.values()) {
      if (link === current) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  };
  // Called only when a heading crosses the line, rather than at each scroll.
  const observer = new IntersectionObserver(mark, { rootMargin: "0px 0px -66% 0px" });
  for (const target of links.keys()) observer.observe(target);
}

const nav = document.querySelector(".side");
if (nav) start(nav);
