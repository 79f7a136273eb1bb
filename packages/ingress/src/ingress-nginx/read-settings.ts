import { parseAddressWords } from "@kubenetsim/core/net/address";
import { type ControllerLog, quoted } from "../controller-log.ts";
import { isHeaderName } from "./annotations/custom-headers.ts";
import type { ProxyOptions } from "./annotations/proxy.ts";
import { parseBoolean, parseInteger } from "./annotations/value-checks.ts";
import { readGlobalAuth } from "./global-auth.ts";
import { defaultNginxSettings, type NginxSettings } from "./nginx-settings.ts";
import { otherSettings, type SettingValue } from "./other-settings.ts";
import { readWeakly } from "./weakly-typed.ts";

/** Settings whose key in the ConfigMap is not their name with dashes. */
const keysOf: Partial<Record<keyof NginxSettings, string>> = {
  allowlistSourceRange: "whitelist-source-range",
};

const redirectCodes: readonly number[] = [301, 302, 307, 308];

/**
 * The settings that a ConfigMap asks for, those of the program where it does not
 * (internal/ingress/controller/template/configmap.go `ReadConfig`). Keys that nobody knows are passed over. Of values that
 * cannot be read the log tells.
 *
 * @example
 * readSettings({ "use-forwarded-headers": "true" }, log).useForwardedHeaders; // true
 */
export function readSettings(data: Readonly<Record<string, string>>, log: ControllerLog): NginxSettings {
  const { proxy, other: _, globalAuth: __, ...plain } = defaultNginxSettings;
  const reader = new SettingReader(data, log);
  const named = readAll<object>(plain, (name) => keysOf[name as keyof NginxSettings] ?? dashed(name), reader);
  const settings = named as Omit<NginxSettings, "proxy" | "globalAuth" | "other">;
  const proxyOptions = readAll<ProxyOptions>(proxy, (name) => `proxy-${dashed(name)}`, reader);
  const other = readAll(otherSettings, (name) => name, reader);
  const globalAuth = readGlobalAuth(data, log);
  reader.tellProblems();
  return { ...settings, proxy: proxyOptions, globalAuth, other };
}

function readAll<T extends object>(usual: T, keyOf: (name: string) => string, reader: SettingReader): T {
  const entries = Object.entries(usual).map(([name, value]: [string, SettingValue]) => [
    name,
    reader.read(keyOf(name), value),
  ]);
  return Object.fromEntries(entries) as T;
}

/** Reads one setting after the other, and keeps what is wrong with those that a general decoder reads. */
class SettingReader {
  readonly #data: Readonly<Record<string, string>>;
  readonly #log: ControllerLog;
  readonly #problems: string[] = [];

  constructor(data: Readonly<Record<string, string>>, log: ControllerLog) {
    this.#data = data;
    this.#log = log;
  }

  read(key: string, usual: SettingValue): SettingValue {
    const own = this.#data[key];
    const special = specialReaders[key];
    if (special !== undefined) return own === undefined ? usual : special(own, usual, this.#log);
    if (Array.isArray(usual)) return own === undefined ? usual : listOf(own);
    const text = own ?? this.#textOfAnyCase(key);
    if (text === undefined) return usual;
    const read = readWeakly(key, text, usual as string | number | boolean);
    if (typeof read !== "object") return read;
    this.#problems.push(read.problem);
    return usual;
  }

  /** The general decoder takes keys in capitals, too. */
  #textOfAnyCase(key: string): string | undefined {
    const name = Object.keys(this.#data).find((each) => each.toLowerCase() === key);
    return name === undefined ? undefined : this.#data[name];
  }

  tellProblems(): void {
    if (this.#problems.length === 0) return;
    const points = this.#problems.map((problem) => `* ${problem}`).sort();
    const text = `${points.length} error(s) decoding:\n\n${points.join("\n")}`;
    this.#log.warn("configmap.go:467", `unexpected error merging defaults: ${text}`);
  }
}

/** `splitAndTrimSpace`: between commas, of which several are as one. */
function listOf(text: string): readonly string[] {
  return text
    .split(",")
    .filter((part) => part !== "")
    .map((part) => part.trim());
}

/** Settings that the program reads before its general decoder, each in its own way. */
const specialReaders: Readonly<
  Record<string, (text: string, usual: SettingValue, log: ControllerLog) => SettingValue>
> = {
  "custom-http-errors": (text, _, log) => errorCodes(text, log),
  "http-redirect-code": (text, usual, log) => redirectCode(text, usual, log),
  "bind-address": (text, _, log) => bindAddresses(text, log),
  "enable-serial-reloads": (text, _, log) => {
    const value = parseBoolean(text);
    const problem = `failed to parse enable-serial-reloads setting, valid values are true or false, found ${text}`;
    if (value === undefined) log.warn("configmap.go:413", problem);
    return value ?? false;
  },
  "proxy-stream-responses": (text, usual, log) => {
    const value = parseInteger(text);
    if (value === undefined) log.warn("configmap.go:383", `${text} is not a valid number: ${noInteger(text)}`);
    return value ?? usual;
  },
  "worker-processes": (text) => text,
  "global-allowed-response-headers": (text, _, log) => allowedHeaders(text, log),
};

function errorCodes(text: string, log: ControllerLog): readonly number[] {
  const codes = listOf(text).flatMap((part) => {
    const code = parseInteger(part);
    if (code === undefined) log.warn("configmap.go:164", `${part} is not a valid http code: ${noInteger(part)}`);
    return code ?? [];
  });
  return codes.filter((code) => {
    if (code > 299 && code < 600) return true;
    log.warn("configmap.go:488", `error code ${code} is not valid for custom error pages`);
    return false;
  });
}

function redirectCode(text: string, usual: SettingValue, log: ControllerLog): SettingValue {
  const code = parseInteger(text);
  if (code === undefined) log.warn("configmap.go:233", `${text} is not a valid HTTP code: ${noInteger(text)}`);
  else if (redirectCodes.includes(code)) return code;
  else log.warn("configmap.go:238", `The code ${text} is not a valid as HTTP redirect code. Using the default.`);
  return usual;
}

function bindAddresses(text: string, log: ControllerLog): readonly string[] {
  return listOf(text).filter((part) => {
    if (parseAddressWords(part) !== undefined) return true;
    log.warn("configmap.go:209", `${part} is not a valid textual representation of an IP address`);
    return false;
  });
}

function allowedHeaders(text: string, log: ControllerLog): readonly string[] {
  return listOf(text).filter((part) => {
    if (isHeaderName(part)) return true;
    log.warn("configmap.go:264", `Global allowed response headers denied - ${part}.`);
    return false;
  });
}

/** `strconv.Atoi`'s words. */
function noInteger(text: string): string {
  const why = /^[+-]?[0-9]+$/.test(text) ? "value out of range" : "invalid syntax";
  return `strconv.Atoi: parsing ${quoted(text)}: ${why}`;
}

/** `httpRedirectCode` → `http-redirect-code`. */
function dashed(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
