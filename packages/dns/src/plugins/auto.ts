import { GoPattern, goPattern } from "@kubenetsim/core/pattern/go-pattern";
import type { Dispenser } from "../corefile/dispenser.ts";
import { durationOf } from "../corefile/duration.ts";
import { originsOf } from "../corefile/zone-and-port.ts";
import { fullyQualified, lowerName } from "../message/dns-name.ts";
import type { DnsName } from "../message/resource-record.ts";
import { ZoneError } from "./file/zone.ts";
import { zoneAnswer } from "./file/zone-answer.ts";
import { readZone, transferOf, ZoneFile } from "./file/zone-file.ts";
import { replyOfZone } from "./file/zone-reply.ts";
import type { PluginDefinition, ServerSurroundings } from "./plugin.ts";
import type { ZoneTransferer } from "./zone-transferer.ts";
import { isInAnyZone, longestZone } from "./zones.ts";

interface AutoSettings {
  origins: readonly DnsName[];
  directory: string;
  pattern: GoPattern;
  /** The zone that a file is of, with `$1` for what the pattern has caught. */
  template: string;
  reloadMs: number;
}

/** Serves the zones whose files lie in a directory (plugin/auto). */
export const auto: PluginDefinition = {
  name: "auto",
  setup: ({ words, zones, surroundings, askSelf }) => {
    const settings = readSettings(words(), zones);
    const directory = new ZoneDirectory(settings, surroundings);
    const offers: ZoneTransferer = {
      transfer: (zone, serial) => {
        const data = directory.at(surroundings.nowMs).get(zone)?.at(surroundings.nowMs);
        return data === undefined ? undefined : transferOf(data, serial);
      },
    };
    return {
      offers,
      handle: (next, isLast) => (request) => {
        if (!isInAnyZone(settings.origins, request.name)) return next(request);
        const files = directory.at(request.nowMs);
        const name = longestZone([...files.keys()], request.name);
        if (name === undefined) return isLast ? { rcode: "REFUSED" } : next(request);
        const zone = files.get(name)!.at(request.nowMs);
        if (zone === undefined) return { rcode: "SERVFAIL" };
        const { type } = request.question;
        if (type === "AXFR" || type === "IXFR") return { rcode: "REFUSED" };
        const found = zoneAnswer(zone, request, askSelf);
        request.steps?.push({ plugin: "auto", text: `zone ${name}: ${found.result}, ${found.answers.length} records` });
        return replyOfZone(request, found, false);
      },
    };
  },
};

/** The directory is walked again from time to time: files that came are served, those that went no longer. */
class ZoneDirectory {
  readonly #settings: AutoSettings;
  readonly #surroundings: ServerSurroundings;
  #files: ReadonlyMap<DnsName, ZoneFile>;
  #walk = 0;

  constructor(settings: AutoSettings, surroundings: ServerSurroundings) {
    this.#settings = settings;
    this.#surroundings = surroundings;
    this.#files = this.#walked(new Map());
  }

  at(nowMs: number): ReadonlyMap<DnsName, ZoneFile> {
    const { reloadMs } = this.#settings;
    const walk = reloadMs === 0 ? 0 : Math.floor((nowMs - this.#surroundings.nowMs) / reloadMs);
    if (walk > this.#walk) {
      this.#walk = walk;
      this.#files = this.#walked(this.#files);
    }
    return this.#files;
  }

  #walked(before: ReadonlyMap<DnsName, ZoneFile>): Map<DnsName, ZoneFile> {
    const { directory, reloadMs } = this.#settings;
    const files = new Map<DnsName, ZoneFile>();
    for (const path of [...(this.#surroundings.listFiles?.(directory) ?? [])].sort()) {
      const origin = this.#originOf(path);
      if (origin === undefined || files.has(origin)) continue;
      const known = before.get(origin);
      const text = known === undefined ? this.#surroundings.readFile(path) : undefined;
      if (known !== undefined) files.set(origin, known);
      else if (text !== undefined) {
        const zone = this.#zoneOf(text, origin, path);
        if (zone !== undefined) files.set(origin, new ZoneFile(origin, path, reloadMs, this.#surroundings, zone));
      }
    }
    return files;
  }

  #originOf(path: string): DnsName | undefined {
    const { names } = this.#settings.pattern;
    const match = this.#settings.pattern.exec(path.slice(path.lastIndexOf("/") + 1));
    if (match === undefined) return undefined;
    const group = (name: string): string => match[/^\d+$/.test(name) ? Number(name) : names.indexOf(name)] ?? "";
    const origin = this.#settings.template.replace(/\$(?:\{(\w+)\}|(\w+))/g, (_, braced?: string, bare?: string) =>
      group((braced ?? bare)!),
    );
    return lowerName(fullyQualified(origin));
  }

  #zoneOf(text: string, origin: DnsName, path: string): ReturnType<typeof readZone> | undefined {
    try {
      return readZone(text, origin, path);
    } catch (error) {
      if (!(error instanceof ZoneError)) throw error;
      this.#surroundings.log(`[WARNING] plugin/auto: Parse zone \`${origin}': ${error.message}`);
      return undefined;
    }
  }
}

/** @throws ParseError as plugin/auto/setup.go words it */
function readSettings(words: Dispenser, blockZones: readonly DnsName[]): AutoSettings {
  const settings: AutoSettings = {
    origins: [],
    directory: "",
    pattern: new GoPattern("db\\.(.*)"),
    template: "$1",
    reloadMs: 60_000,
  };
  while (words.next()) {
    settings.origins = originsOf(words.remainingArgs(), blockZones);
    while (words.nextBlock()) {
      const option = words.val();
      if (option === "directory") readDirectory(words, settings);
      else if (option === "reload") settings.reloadMs = reloadOf(words);
      else if (option === "upstream") words.remainingArgs();
      else throw words.err(`unknown property '${option}'`);
    }
  }
  return settings;
}

function readDirectory(words: Dispenser, settings: AutoSettings): void {
  if (!words.nextArg()) throw words.argErr();
  settings.directory = words.val();
  if (words.nextArg()) {
    const text = words.val();
    if (text.length > 10_000) throw words.err("regexp too large");
    settings.pattern = goPattern(text, (problem) => words.plainErr(problem));
    if (settings.pattern.groups === 0) throw words.err("Need at least one sub expression");
    if (!words.nextArg()) throw words.argErr();
    settings.template = words.val().replaceAll("{", "${");
  }
  if (words.nextArg()) throw words.argErr();
}

function reloadOf(words: Dispenser): number {
  const [text] = words.remainingArgs();
  if (text === undefined) throw words.plainErr("reload duration value is expected");
  const reload = durationOf(text, (problem) => words.plainErr(`plugin/file: ${problem}`));
  if (reload < 0) throw words.plainErr("plugin/file: invalid duration");
  return reload;
}
