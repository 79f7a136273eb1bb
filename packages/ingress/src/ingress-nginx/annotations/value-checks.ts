import { parseSourceRanges } from "./source-ranges-text.ts";

/** Whether a value may stand in an annotation (internal/ingress/annotations/parser/validators.go). */
export type ValueCheck = (value: string) => boolean;

const alphaNumeric = String.raw`\-\.\_\~a-zA-Z0-9\/:`;
const urlCharacters = String.raw`,:\?&=`;

export const serverNameCharacters: RegExp = new RegExp(String.raw`^[/${alphaNumeric}\^\$\[\]\(\)\{\}\*\+\?\|&=\\]*$`);
export const sizeText: RegExp = /^\d+[bkmg]?$/i;
export const urlText: RegExp = new RegExp(`^[${alphaNumeric}${urlCharacters}]*$`);
export const basicCharacters: RegExp = new RegExp(`^[/${alphaNumeric}]*$`);
export const charactersWithSpace: RegExp = new RegExp(`^[/${alphaNumeric} ]*$`);
export const pathWithCapture: RegExp = new RegExp(String.raw`^/?[${alphaNumeric}\/\$]*$`);
export const extendedCharacters: RegExp = new RegExp(`^[/${alphaNumeric}, ]*$`);
export const nginxVariable: RegExp = /^[A-Za-z0-9\-_${}]*$/;
export const urlWithVariables: RegExp = new RegExp(`^[${alphaNumeric}, ${urlCharacters}$]*$`);
export const headerNames: RegExp = /^[A-Za-z0-9\-_, ]*$/;

/** `ValidateRegex`: the pattern without line breaks; `withoutSpaces` takes the spaces out first. */
export function matching(pattern: RegExp, { withoutSpaces = false }: { withoutSpaces?: boolean } = {}): ValueCheck {
  return (value) => {
    const text = withoutSpaces ? value.replaceAll(" ", "") : value;
    return pattern.test(text) && !/[\r\n]/.test(text);
  };
}

/** `ValidateOptions`, spaces around the value cut off. */
export function oneOf(options: readonly string[], { anyCase = false }: { anyCase?: boolean } = {}): ValueCheck {
  return (value) => options.includes(anyCase ? value.trim().toLowerCase() : value.trim());
}

export const serverName: ValueCheck = (value) => serverNameCharacters.test(value.trim());
export const serverNames: ValueCheck = (value) => value.split(",").every(serverName);
export const boolean: ValueCheck = (value) => parseBoolean(value) !== undefined;
export const integer: ValueCheck = (value) => parseInteger(value) !== undefined;
export const sourceRanges: ValueCheck = (value) => parseSourceRanges(value) !== undefined;
export const anything: ValueCheck = () => true;
/** `NameIsDNS1035Label`. */
export const serviceName: ValueCheck = (value) => value.length <= 63 && /^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(value);

/** Go's `strconv.ParseBool`. */
export function parseBoolean(text: string): boolean | undefined {
  if (["1", "t", "T", "TRUE", "true", "True"].includes(text)) return true;
  return ["0", "f", "F", "FALSE", "false", "False"].includes(text) ? false : undefined;
}

/** Go's `strconv.Atoi`: whole numbers of 64 bits. */
export function parseInteger(text: string): number | undefined {
  if (!/^[+-]?[0-9]+$/.test(text)) return undefined;
  const value = BigInt(text.replace(/^\+/, ""));
  return BigInt.asIntN(64, value) === value ? Number(value) : undefined;
}
