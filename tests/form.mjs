// What the web form's modules answer, for tests in Python: a JSON array of calls in, one of results out.

import { unique } from "../overrides/admin/identity.js";
import { read, write } from "../overrides/admin/front.js";
import { plainMarkdown } from "../overrides/admin/preview.js";

const calls = {
  read: ([text, champs]) => read(text, champs),
  write: ([held, champs]) => write(held, champs),
  // A sheet opened, with some values changed, and saved.
  save: ([text, champs, changes]) => write({ ...read(text, champs), ...changes }, champs),
  // The same, or why it was refused.
  attempt: (args) => {
    try {
      return calls.save(args);
    } catch (error) {
      return { refus: error.message };
    }
  },
  // A sheet with something changed in each group of a field, through JSON as what Decap carries along.
  regroup: ([text, champs, name, changes]) => {
    const held = JSON.parse(JSON.stringify(read(text, champs)));
    return write({ ...held, [name]: held[name].map((group) => ({ ...group, ...changes })) }, champs);
  },
  unique: ([title, taken]) => unique(title, new Set(taken)),
  matches: ([pattern, text]) => new RegExp(pattern).test(text),
  markdown: ([text]) => plainMarkdown(text, (id) => id.toUpperCase()),
};

let input = "";
for await (const part of process.stdin) input += part;
process.stdout.write(JSON.stringify(JSON.parse(input).map(([name, ...rest]) => calls[name](rest))));
