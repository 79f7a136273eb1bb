const component = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";
const hostPart = "(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])";
const host = `(?:${hostPart}(?:\\.${hostPart})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?`;
const tag = "[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}";
const digest = "[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9A-Fa-f]{32,}";

/** What can be an image: `registry:5000/team/web:1.2@sha256:…` (github.com/distribution/reference v0.6, ReferenceRegexp). */
export const imageReference: RegExp = new RegExp(
  `^(?:${host}/)?${component}(?:/${component})*(?::${tag})?(?:@${digest})?$`,
);
