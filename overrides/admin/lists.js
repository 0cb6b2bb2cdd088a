// @ts-check
// Lists as Decap CMS has them, with what it lacks: one that is required may not be empty, an empty line is no mistake, « nobody
// says » is one press, a new line takes the focus, and no line is offered above what a field may hold.

import { UNKNOWN } from "./front.js";

/** Whether something is written in a line, or in a group of fields. @param {any} line Decap's, immutable @returns {boolean} */
function written(line) {
  if (line === null || line === undefined) return false;
  return line.some ? line.some(written) : String(line).trim() !== "";
}

/** The first box to type in of the last line of a list. @param {HTMLElement} box of the list */
function lastLine(box) {
  const bars = [...box.querySelectorAll("[class*=ListItemTopBar]")].filter((bar) => bar.closest("[id*='-field-']") === box);
  return /** @type {HTMLElement | null | undefined} */ (bars.at(-1)?.parentElement?.querySelector("input, textarea"));
}

/** @param {any} CMS */
export function register(CMS) {
  const { createClass, h } = /** @type {any} */ (globalThis);
  const { control: List, preview } = CMS.getWidget("list");

  const Liste = createClass({
    // Errors of its lines come without a change of its value.
    shouldComponentUpdate: () => true,
    componentDidUpdate(/** @type {any} */ before) {
      const added = (this.props.value?.size ?? 0) === (before.value?.size ?? 0) + 1;
      if (!added || !this.box?.contains(document.activeElement)) return;
      const list = document.getElementById(this.props.forID);
      const first = list && lastLine(list);
      first?.focus({ preventScroll: true });
      first?.scrollIntoView({ block: "nearest" });
    },
    /** Decap's own says that a required list is empty, then takes it back when it counts the lines. */
    validate() {
      this.inner.validate();
      const { field, value, forID, parentIds, t } = this.props;
      if (!field.get("required") || written(value)) return;
      const message = t("editor.editorControlPane.widget.required", { fieldLabel: field.get("label") });
      this.props.onValidateObject(forID, [{ type: "PRESENCE", parentIds, message }]);
    },
    /** @param {string} path */
    focus(path) {
      if (path) this.inner.focus(path);
    },
    render() {
      const { field, value } = this.props;
      const size = value?.size ?? 0;
      const shown = field
        .set("label", size > 1 ? "lignes" : "ligne")
        .set("label_singular", "ligne")
        .set("allow_add", size < field.get("max", Infinity));
      const ref = (/** @type {any} */ inner) => (this.inner = inner ?? this.inner);
      // `controlRef`: a line of Decap's puts itself in the place of its list, which is then no longer asked whether it is valid.
      const list = h(List, { ...this.props, field: shown, controlRef: undefined, ref });
      const unknown = field.get("inconnu") && size === 0;
      const button = unknown && h("button", { type: "button", className: "personne", onClick: () => this.inner.addItem(UNKNOWN) }, `Personne ne le dit : ${UNKNOWN}`);
      return h("div", { ref: (/** @type {HTMLElement | null} */ box) => (this.box = box ?? this.box) }, list, button || null);
    },
  });

  CMS.registerWidget("list", Liste, preview);
}
