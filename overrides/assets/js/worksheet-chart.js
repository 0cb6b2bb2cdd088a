// @ts-check
// Two scales make a chart: actors stand where their two steps say, and can be moved there. The table does the same by keyboard.

import { svg } from "./drawing.js";
import { el } from "./site.js";
import { step } from "./worksheet-rows.js";

const [LEFT, TOP, SIDE, CELL] = [60, 20, 500, 100];

/**
 * @param {HTMLElement} before
 * @param {import("./worksheet-rows.js").Worksheet} sheet
 * @param {import("./worksheet-rows.js").Store} store
 * @returns {(rows: import("./worksheet-rows.js").Row[]) => void}
 */
export function panel(before, sheet, store) {
  const [across, up] = sheet.colonnes.flatMap(([, , saisie], column) => (saisie === "echelle" ? [column] : []));
  const names = [sheet.colonnes[across][0], sheet.colonnes[up][0]];
  const drawing = svg("svg", { class: "actors", viewBox: `0 0 ${LEFT + SIDE + 20} ${TOP + SIDE + 60}`, role: "img" });
  const legend = el("ol", {});
  before.before(el("section", { "aria-labelledby": "fiche-carte-acteurs" }, el("h3", { id: "fiche-carte-acteurs" }, "Qui est où"),
    el("p", { class: "about" }, `Chaque ligne qui a ses deux notes paraît ici. Déplacez un point du doigt ou de la souris ; au clavier, changez ses notes dans le tableau.`), drawing, legend)); // prettier-ignore

  /** Where a step is drawn. @param {number} x @param {number} y */
  const at = (x, y) => [LEFT + CELL / 2 + x * CELL, TOP + SIDE - CELL / 2 - y * CELL];
  /** @type {string | null} */
  let held = null;
  /** The steps under the pointer. @param {PointerEvent} event */
  function under(event) {
    const box = /** @type {SVGSVGElement} */ (drawing).getBoundingClientRect();
    const scale = (LEFT + SIDE + 20) / box.width;
    const x = Math.round(((event.clientX - box.left) * scale - LEFT - CELL / 2) / CELL);
    const y = Math.round((TOP + SIDE - CELL / 2 - (event.clientY - box.top) * scale) / CELL);
    return [Math.min(4, Math.max(0, x)), Math.min(4, Math.max(0, y))];
  }
  drawing.addEventListener("pointermove", (event) => {
    if (!held) return;
    const [x, y] = under(/** @type {PointerEvent} */ (event));
    const { lignes } = store.get();
    const line = lignes.find(({ id }) => id === held);
    if (!line) return;
    if (line.c[across] !== String(x)) store.cell(held, across, String(x));
    if (line.c[up] !== String(y)) store.cell(held, up, String(y));
  });
  const drop = () => (held = null);
  drawing.addEventListener("pointerup", drop);
  drawing.addEventListener("pointercancel", drop);

  return (rows) => {
    const placed = rows.map(({ id, c }) => ({ id, name: c[0].trim() || "Sans nom", x: step(c[across]), y: step(c[up]) })).filter(({ x, y }) => x !== null && y !== null);
    /** How many stand in one square already. @type {Map<string, number>} */
    const crowd = new Map();
    drawing.setAttribute("aria-label", placed.length ? placed.map(({ name, x, y }) => `${name} : ${names[0].toLowerCase()} ${x}, ${names[1].toLowerCase()} ${y}`).join(" ; ") : "Aucun acteur n’a encore ses deux notes");
    drawing.replaceChildren(
      svg("rect", { class: "edge", x: LEFT, y: TOP, width: SIDE, height: SIDE }),
      ...[1, 2, 3, 4].flatMap((n) => [svg("path", { class: "grid", d: `M${LEFT + n * CELL} ${TOP}v${SIDE}` }), svg("path", { class: "grid", d: `M${LEFT} ${TOP + n * CELL}h${SIDE}` })]),
      ...[0, 1, 2, 3, 4].flatMap((n) => [svg("text", { x: at(n, 0)[0], y: TOP + SIDE + 22, "text-anchor": "middle" }, String(n)), svg("text", { x: LEFT - 14, y: at(0, n)[1] + 5, "text-anchor": "middle" }, String(n))]),
      svg("text", { x: LEFT + SIDE / 2, y: TOP + SIDE + 48, "text-anchor": "middle" }, `${names[0]} →`),
      svg("text", { x: -(TOP + SIDE / 2), y: 22, "text-anchor": "middle", transform: "rotate(-90)" }, `${names[1]} →`),
      ...placed.map(({ id, name, x, y }, number) => {
        const key = `${x},${y}`;
        const rank = crowd.get(key) ?? 0;
        crowd.set(key, rank + 1);
        // Nine to a square, then the next ones a little aside.
        const aside = 9 * Math.floor(rank / 9);
        const [cx, cy] = at(Number(x), Number(y));
        const [dx, dy] = [((rank % 3) - 1) * 32 + aside, ((Math.floor(rank / 3) % 3) - 1) * 32 - aside];
        const group = svg("g", { "data-row": id, transform: `translate(${rank ? cx + dx : cx - 32} ${rank ? cy + dy : cy - 32})` },
          svg("title", {}, name), svg("circle", { r: 15 }), svg("text", { y: 5 }, String(number + 1)));
        group.addEventListener("pointerdown", (event) => {
          held = id;
          event.preventDefault();
          drawing.setPointerCapture(/** @type {PointerEvent} */ (event).pointerId);
        });
        return group;
      }),
    ); // prettier-ignore
    legend.replaceChildren(...placed.map(({ name, x, y }) => el("li", {}, `${name} (${names[0].toLowerCase()} ${x}, ${names[1].toLowerCase()} ${y})`)));
  };
}
