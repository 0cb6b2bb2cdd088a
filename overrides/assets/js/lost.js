// A short link typed from a slide: capitals, spaces and dots that a hand or a phone added are taken out, and if there is such a
// link, the reader gets there.

/** The address that was meant, or nothing. @param {string} asked */
function meant(asked) {
  let path = "";
  try {
    path = decodeURIComponent(asked);
  } catch {
    return ""; // no address at all
  }
  const typed = /^(.*\/)s\/([^/]+)\/?$/i.exec(path);
  const code = typed ? typed[2].toLowerCase().replace(/[^a-z]/g, "") : "";
  return typed && code && `${typed[1]}s/${code}/` !== path ? `${typed[1]}s/${code}/` : "";
}

const right = meant(location.pathname);
if (right) {
  fetch(right, { method: "HEAD" })
    .then((answer) => (answer.ok ? location.replace(right) : undefined))
    .catch(() => undefined);
}
