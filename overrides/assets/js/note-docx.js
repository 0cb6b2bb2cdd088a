// @ts-check
// The note as a document that an office suite opens and changes. docx (vendor/) writes the file; loaded only when asked for.

import * as docx from "../vendor/docx.js";

// Its types are lost with its packing.
const { BorderStyle, Document, Footer, HeadingLevel, ImageRun, Packer, PageNumber, Paragraph, Table, TableCell, TableRow, TextRun, WidthType } = /** @type {any} */ (docx);

/** A millimetre in twentieths of a point. */
const MM = 56.7;
const WIDTH = Math.round(180 * MM);
const HEAD = Math.round(38 * MM);

/** @param {string} text @param {object} [more] */
const paragraph = (text, more = {}) => new Paragraph({ text, ...more });

/** @param {import("./note-parts.js").Line} line @returns {any[]} */
function line({ label, texts }) {
  const before = label ? [new TextRun({ text: `${label} : `, color: "444444" })] : [];
  if (!texts.length) return [new Paragraph({ children: [...before, new TextRun({ text: label ? "non communiqué" : "Non communiqué", italics: true })] })];
  if (texts.length === 1) return [new Paragraph({ children: [...before, new TextRun(texts[0])] })];
  return [...(label ? [new Paragraph({ children: before })] : []), ...texts.map((text) => paragraph(text, { bullet: { level: 0 } }))];
}

/** @param {string} heading @param {any[]} content */
function row(heading, content) {
  const cell = (/** @type {number} */ width, /** @type {any[]} */ children) => new TableCell({ width: { size: width, type: WidthType.DXA }, margins: { top: 40, bottom: 40, left: 80, right: 80 }, children });
  return new TableRow({ cantSplit: true, children: [cell(HEAD, [new Paragraph({ children: [new TextRun({ text: heading, bold: true })] })]), cell(WIDTH - HEAD, content)] });
}

/** The QR code as a picture. @param {SVGElement} svg @returns {Promise<Uint8Array>} */
async function picture(svg) {
  const [, , side] = (svg.getAttribute("viewBox") ?? "").split(" ").map(Number);
  const scale = 8;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side * scale;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.scale(scale, scale);
  context.fillStyle = "#000";
  context.fill(new Path2D(svg.querySelector("path")?.getAttribute("d") ?? ""));
  const blob = await new Promise((resolve) => canvas.toBlob(resolve));
  return new Uint8Array(await /** @type {Blob} */ (blob).arrayBuffer());
}

/**
 * @param {import("./note-parts.js").Note} note
 * @param {{name: string, address: string, base: string, qr: Node | null}} library
 */
export async function save(note, { name, address, base, qr }) {
  const line1 = { style: BorderStyle.SINGLE, size: 4, color: "999999" };
  const none = { style: BorderStyle.NONE, size: 0, color: "FFFFFF" };
  const borders = { top: line1, bottom: line1, left: none, right: none, insideHorizontal: line1, insideVertical: none };
  /** @type {any[]} */
  const children = [
    paragraph(`${name} · note de synthèse`),
    paragraph(note.titre, { heading: HeadingLevel.HEADING_1 }),
    ...note.introduction.split(/\n+/).filter((text) => text.trim()).map((text) => paragraph(text.trim())),
  ];
  for (const sheet of note.sheets) {
    children.push(
      paragraph(sheet.titre, { heading: HeadingLevel.HEADING_2 }),
      new Paragraph({ children: [new TextRun({ text: sheet.where, italics: true })] }),
      paragraph(sheet.lead, { spacing: { after: 80 } }),
      new Table({
        width: { size: WIDTH, type: WidthType.DXA },
        columnWidths: [HEAD, WIDTH - HEAD],
        borders,
        rows: [
          ...sheet.parts.map(({ heading, lines }) => row(heading, lines.flatMap(line))),
          ...(sheet.asks.length ? [row("À demander avant de décider", sheet.asks.map((text) => paragraph(`${text} ?`, { bullet: { level: 0 } })))] : []),
          row("Sources", [paragraph(`${sheet.sources.length ? sheet.sources.join(" ; ") : "Non communiqué"}. Faits vérifiés le ${sheet.verified}.${sheet.court && base ? ` La fiche : ${base}${sheet.court}` : ""}`)]),
        ],
      }),
    );
  }
  if (note.notes.length) children.push(paragraph("Nos annotations", { heading: HeadingLevel.HEADING_2 }), ...note.notes.map(([titre, text]) => paragraph(`${titre} : ${text}`, { bullet: { level: 0 } })));
  if (note.questions.length) children.push(paragraph("Nos questions", { heading: HeadingLevel.HEADING_2 }), ...note.questions.map((text) => paragraph(text, { bullet: { level: 0 } })));
  if (qr instanceof SVGElement) {
    children.push(new Paragraph({ spacing: { before: 160 }, children: [new ImageRun({ type: "png", data: await picture(qr), transformation: { width: 90, height: 90 }, altText: { name: "qr", title: "Code QR", description: `Code QR : ${address}` } })] }));
  }
  children.push(paragraph(`Ces fiches, leurs sources et leurs mises à jour : ${address}`));
  const file = new Document({
    title: note.titre,
    creator: name,
    styles: { default: { document: { run: { font: "Calibri", size: 21, language: { value: "fr-FR" } } }, heading1: { run: { size: 34, bold: true } }, heading2: { run: { size: 26, bold: true }, paragraph: { spacing: { before: 240, after: 60 }, keepNext: true } } } },
    sections: [{
      properties: { page: { size: { width: Math.round(210 * MM), height: Math.round(297 * MM) }, margin: { top: 13 * MM, bottom: 13 * MM, left: 15 * MM, right: 15 * MM } } },
      footers: { default: new Footer({ children: [new Paragraph({ alignment: "right", children: [new TextRun({ children: [PageNumber.CURRENT, " / ", PageNumber.TOTAL_PAGES] })] })] }) },
      children,
    }],
  }); // prettier-ignore
  const url = URL.createObjectURL(await Packer.toBlob(file));
  const anchor = document.createElement("a");
  anchor.href = url;
  anchor.download = "note-de-synthese.docx";
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
