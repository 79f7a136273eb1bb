import { utf8Bytes } from "@kubenetsim/schedulers/utf8";
import type { IngressAnnotations } from "../annotations/ingress-annotations.ts";
import type { Server } from "../model/configuration.ts";
import type { ConfContext } from "./conf-context.ts";
import { ConfText } from "./conf-text.ts";
import { writeServer } from "./server-block.ts";

const bufferBytes = 4096;
/** Whatever stands around it, a text of so many bytes fits. */
const shortBytes = 4000;

/**
 * What nginx says of the first parameter in a server's text that its buffer does not hold (src/core/ngx_conf_file.c
 * `ngx_conf_read_token`). The text is only written where something in it is long.
 */
export function longParameterProblem(server: Server, context: ConfContext): string | undefined {
  const { aliases, access, locations } = server;
  const isShort =
    mostBytes([aliases, access.ciphers, access.clientCertificates?.errorPage]) <= shortBytes &&
    locations.every(({ path, annotations }) => mostBytes(path) <= shortBytes && isShortText(annotations));
  if (isShort) return undefined;
  const text = new ConfText();
  writeServer(text, server, context);
  return firstTooLong(text.toString());
}

/** Of annotations that were looked at; each location of an Ingress has the same. */
const known = new WeakMap<IngressAnnotations, boolean>();

function isShortText(annotations: IngressAnnotations): boolean {
  let isShort = known.get(annotations);
  if (isShort === undefined) {
    const { defaultBackend: _, clientCertificates: __, endpointTls: ___, basicAuth, ...others } = annotations;
    isShort = mostBytes({ ...others, realm: basicAuth?.realm }) <= shortBytes;
    known.set(annotations, isShort);
  }
  return isShort;
}

/** To how many bytes the longest text of a value may come in the file: a dollar becomes a variable of seventeen. */
function mostBytes(value: unknown): number {
  if (typeof value === "string") {
    return value.length <= 240 ? 0 : 3 * value.length + 16 * (value.split("$").length - 1) + 64;
  }
  if (typeof value !== "object" || value === null) return 0;
  return Object.values(value).reduce<number>((most, each) => Math.max(most, mostBytes(each)), 0);
}

/** A comment, what stands between quotes, or a word; then the spaces behind it. */
const parameter = /#[^\n]*|(?:(["'])((?:\\[\s\S]|(?!\1)[^\\])*)\1|(?:\\[\s\S]|\$\{|[^\s;{\\])+)(\s*)/g;

function firstTooLong(text: string): string | undefined {
  for (const [whole, quote, inner, spaces = ""] of text.matchAll(parameter)) {
    if (whole.startsWith("#") || 3 * whole.length <= bufferBytes) continue;
    const value = inner ?? whole.slice(0, whole.length - spaces.length);
    const { length } = utf8Bytes(value);
    if (quote !== undefined && length >= bufferBytes) {
      return `too long parameter, probably missing terminating "${quote}" character`;
    }
    // The closing quote, the spaces and the character behind them are read while the parameter is still in the buffer.
    const needed = length + (quote === undefined ? 0 : 1) + spaces.length + 1;
    if (needed > bufferBytes) return `too long parameter "${value.slice(0, 10)}..." started`;
  }
  return undefined;
}
