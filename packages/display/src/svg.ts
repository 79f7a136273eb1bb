export type Attributes = Readonly<Record<string, string | number>>;

/** One SVG element as text. Numbers are rounded to a tenth, so that the same input gives the same bytes everywhere. */
export function element(name: string, attributes: Attributes, ...children: readonly string[]): string {
  const list = Object.entries(attributes).map(([key, value]) => ` ${key}="${attributeText(value)}"`);
  return children.length === 0
    ? `<${name}${list.join("")}/>`
    : `<${name}${list.join("")}>${children.join("")}</${name}>`;
}

export function textElement(text: string, attributes: Attributes): string {
  return element("text", attributes, escapeText(text));
}

/** What XML 1.0 cannot hold at all, halves of surrogate pairs among it. */
const unfit = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

/** Text as it stands in SVG and HTML, between elements and in attributes; what neither can hold becomes U+FFFD. */
export function escapeText(text: string): string {
  return text
    .replace(unfit, "\uFFFD")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

function attributeText(value: string | number): string {
  return typeof value === "string" ? escapeText(value) : String(Math.round(value * 10) / 10);
}
