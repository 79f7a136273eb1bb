import type { ControllerLog } from "../controller-log.ts";
import type { ProxyOptions } from "./annotations/proxy.ts";
import { parseBoolean, parseInteger } from "./annotations/value-checks.ts";
import { defaultNginxSettings, type NginxSettings } from "./nginx-settings.ts";

type Value = string | number | boolean | readonly string[] | readonly number[];

/** Settings whose key in the ConfigMap is not their name with dashes. */
const keysOf: Partial<Record<keyof NginxSettings, string>> = {
  allowlistSourceRange: "whitelist-source-range",
  proxyAddOriginalUriHeader: "proxy-add-original-uri-header",
};

const redirectCodes: readonly number[] = [301, 302, 307, 308];

/**
 * The settings that a ConfigMap asks for, those of the program where it does not
 * (internal/ingress/controller/template/configmap.go `ReadConfig`). Keys that nobody knows are passed over, as are values that
 * cannot be read.
 *
 * @example
 * readSettings({ "use-forwarded-headers": "true" }, log).useForwardedHeaders; // true
 */
export function readSettings(data: Readonly<Record<string, string>>, log: ControllerLog): NginxSettings {
  const { proxy, ...plain } = defaultNginxSettings;
  const settings = readAll(plain, (name) => data[keysOf[name] ?? dashed(name)]);
  const proxyOptions = readAll<ProxyOptions>(proxy, (name) => data[`proxy-${dashed(name)}`]);
  return { ...settings, httpRedirectCode: redirectCode(data["http-redirect-code"], log), proxy: proxyOptions };
}

function readAll<T extends object>(usual: T, textOf: (name: keyof T & string) => string | undefined): T {
  const entries = Object.entries(usual).map(([name, value]: [string, Value]) => {
    const text = textOf(name as keyof T & string);
    return [name, text === undefined ? value : readLike(value, text, name)];
  });
  return Object.fromEntries(entries) as T;
}

/** The text as a value of the kind that the usual one has. */
function readLike(usual: Value, text: string, name: string): Value {
  if (typeof usual === "boolean") return parseBoolean(text) ?? usual;
  if (typeof usual === "number") return parseInteger(text) ?? usual;
  if (typeof usual === "string") return text;
  const parts = text.split(",").map((part) => part.trim());
  if (name !== "customHttpErrors") return parts.filter((part) => part !== "");
  return parts.flatMap((part) => parseInteger(part) ?? []).filter((code) => code > 299 && code < 600);
}

function redirectCode(text: string | undefined, log: ControllerLog): number {
  const usual = defaultNginxSettings.httpRedirectCode;
  if (text === undefined) return usual;
  const code = parseInteger(text);
  if (code !== undefined && redirectCodes.includes(code)) return code;
  log.warn("configmap.go:225", `The code ${text} is not a valid as HTTP redirect code. Using the default.`);
  return usual;
}

/** `httpRedirectCode` → `http-redirect-code`. */
function dashed(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
