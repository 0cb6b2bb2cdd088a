// @ts-check
// Decap's French where it says something else than what happens here: on one's own machine nothing is published, a file is written.

import { SAID } from "./refusal.js";

/** To save and begin another sheet: on one's own machine, on a forge. */
export const ANOTHER = ["Enregistrer, puis en écrire une autre", "Publier, puis en écrire une autre"];

const COMMON = {
  app: { header: { media: "Images" } },
  collection: {
    collectionTop: { newButton: "Nouvelle fiche", newButtonAriaLabel: "Nouvelle fiche : %{collectionLabel}" },
    entries: { noEntries: "Aucune fiche" },
    sidebar: { collections: "Fiches" },
  },
  editor: {
    // What kind of box it is says nothing to who fills it in.
    editorControl: { field: { widgetLabel: "Champ" } },
    editorControlPane: { widget: { regexPattern: "%{fieldLabel} : %{pattern}." } },
    editorToolbar: { backCollection: "%{collectionLabel}", publishAndCreateNew: ANOTHER[1] },
    editorWidgets: {
      // Decap gives the key of the field: names.js adds its label.
      datetime: { now: "Aujourd’hui", setToNow: "Aujourd’hui" },
      list: { add: "Ajouter" },
      object: { expand: "Ouvrir toutes les lignes", collapse: "Fermer toutes les lignes" },
    },
  },
  mediaLibrary: {
    mediaLibraryModal: { mediaAssets: "Images", noAssetsFound: "Aucune image", upload: "Ajouter une image", close: "Fermer" },
  },
  ui: {
    settingsDropdown: { account: "Votre session" },
    toast: { missingRequiredField: SAID, entrySaved: "Fiche enregistrée", onFailToPersist: "Rien n’est enregistré : %{details}" },
  },
};

const LOCAL = {
  editor: {
    editorToolbar: {
      publish: "Enregistrer",
      publishing: "Enregistrement…",
      published: "Enregistrée",
      publishNow: "Enregistrer le fichier",
      publishAndCreateNew: ANOTHER[0],
      publishAndDuplicate: "Enregistrer, puis la dupliquer",
    },
  },
};

/** @param {any} base @param {any} more */
function merged(base, more) {
  const found = { ...base };
  for (const [key, value] of Object.entries(more)) found[key] = typeof value === "string" ? value : merged(base?.[key] ?? {}, value);
  return found;
}

/** @param {any} CMS @param {boolean} local whether files are written on this machine */
export function register(CMS, local) {
  CMS.registerLocale("fr", [COMMON, ...(local ? [LOCAL] : [])].reduce(merged, CMS.getLocale("fr")));
}
