// @ts-check
// Review dates that are past: only the reader's clock knows, the build reads none.

/** @param {Date} day its date where she is: ``2026-11-26`` */
function iso(day) {
  return [day.getFullYear(), day.getMonth() + 1, day.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
}

/** @param {ParentNode} root @param {string} today */
export function start(root, today) {
  for (const time of root.querySelectorAll("time[data-due]")) {
    if (!(time instanceof HTMLTimeElement) || time.dateTime >= today) continue;
    const late = document.createElement("strong");
    late.className = "late";
    late.textContent = ", date passée";
    time.after(late);
  }
}

start(document, iso(new Date()));
