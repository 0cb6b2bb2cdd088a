// The page of an old address or of a short link: goes on to the new one, with the anchor that was asked for.
const link = /** @type {HTMLAnchorElement | null} */ (document.getElementById("fiche-suite"));
if (link && location.hash && !link.hash) location.replace(link.href + location.hash);
