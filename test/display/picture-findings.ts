import { columns } from "@kubenetsim/display/text-size";
import { SaxesParser } from "saxes";

/** A drawing as a parser of XML reads it. */
export interface ReadPicture {
  readonly title: string;
  readonly description: string;
  /** Of text elements, whole. */
  readonly texts: readonly string[];
  /** What is wrong with it as a picture for any page. */
  readonly findings: readonly string[];
}

type Attributes = Readonly<Record<string, string>>;

/** Reads one SVG file strictly. @throws Error where it is not well-formed */
export function readPicture(svg: string): ReadPicture {
  const findings: string[] = [];
  const open: { readonly name: string; readonly attributes: Attributes; text: string }[] = [];
  const read = { title: "", description: "", texts: [] as string[] };
  let root: Attributes = {};
  const parser = new SaxesParser();
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("opentag", ({ name, attributes }) => {
    if (open.length === 0) root = attributes;
    // What a text inherits from its group it has too.
    const inherited = open.at(-1)?.attributes ?? {};
    open.push({
      name,
      attributes: { ...pick(inherited, ["font-size", "font-family", "text-anchor"]), ...attributes },
      text: "",
    });
    findings.push(...tagFindings(name, attributes, root.id ?? ""));
  });
  parser.on("text", (text) => {
    for (const each of open) each.text += text;
  });
  parser.on("closetag", () => {
    const { name, attributes, text } = open.pop()!;
    if (name === "title") read.title = text;
    if (name === "desc") read.description = text;
    if (name === "text") {
      read.texts.push(text);
      findings.push(...clipped(text, attributes, Number(root.width), Number(root.height)));
    }
  });
  parser.write(svg).close();
  if (root.xmlns !== "http://www.w3.org/2000/svg") findings.push("no namespace");
  if (root.viewBox !== `0 0 ${root.width} ${root.height}`) findings.push(`view box ${root.viewBox}`);
  if (read.title === "" || read.description === "") findings.push("no title or description");
  if (root["aria-labelledby"] !== `${root.id}-title ${root.id}-description`) findings.push("not labelled");
  return { ...read, findings };
}

function tagFindings(name: string, attributes: Attributes, id: string): string[] {
  const known = /^(svg|title|desc|style|g|rect|path|line|circle|polygon|text|tspan)$/.test(name);
  return [
    ...(known ? [] : [`element ${name}`]),
    ...Object.entries(attributes).flatMap(([key, value]) => [
      ...(/^on|href|src/.test(key) ? [`attribute ${key}`] : []),
      ...(/NaN|undefined|Infinity|url\(/.test(value) ? [`${key}="${value}"`] : []),
      ...(key === "id" && (id === "" || !value.startsWith(id))
        ? [`id ${value} does not begin with the picture's`]
        : []),
    ]),
  ];
}

/** Where a text ends outside of the picture, by the width of the widest fonts. */
function clipped(text: string, attributes: Attributes, width: number, height: number): string[] {
  const {
    x,
    y,
    transform,
    "text-anchor": anchor = "start",
    "font-size": size = "13",
    "font-family": font = "",
  } = attributes;
  if (x === undefined || transform !== undefined) return [];
  const wide = columns(text) * Number(size) * (font.includes("mono") ? 0.6 : 0.5);
  const left = Number(x) - (anchor === "end" ? wide : anchor === "middle" ? wide / 2 : 0);
  const fits = left >= -1 && left + wide <= width + 1 && Number(y) > 0 && Number(y) <= height;
  return fits ? [] : [`outside of the picture: ${JSON.stringify(text)} at ${x}, ${y}`];
}

function pick(attributes: Attributes, names: readonly string[]): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => names.includes(name)));
}
