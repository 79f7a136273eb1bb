import type { Dispenser } from "../../corefile/dispenser.ts";
import { durationOf } from "../../corefile/duration.ts";
import { originsOf } from "../../corefile/zone-and-port.ts";
import type { DnsName } from "../../message/resource-record.ts";
import type { DnsHandler, DnsReply, DnsRequest, PluginDefinition, ServerSurroundings } from "../plugin.ts";
import type { ZoneTransferer } from "../zone-transferer.ts";
import { isInAnyZone, longestZone } from "../zones.ts";
import { type Zone, ZoneError } from "./zone.ts";
import { zoneAnswer } from "./zone-answer.ts";
import { readZone, transferOf, ZoneFile } from "./zone-file.ts";
import { replyOfZone } from "./zone-reply.ts";

interface FileSettings {
  readonly zones: ReadonlyMap<DnsName, ZoneFile>;
  readonly fallthrough: readonly DnsName[];
}

/** Serves zones from zone files (plugin/file). */
export const file: PluginDefinition = {
  name: "file",
  setup: ({ words, zones, surroundings, askSelf }) => {
    const settings = readSettings(words(), zones, surroundings);
    const names = [...settings.zones.keys()];
    const offers: ZoneTransferer = {
      transfer: (zone, serial) => {
        const data = settings.zones.get(zone)?.at(surroundings.nowMs);
        return data === undefined ? undefined : transferOf(data, serial);
      },
    };
    return {
      offers,
      handle: (next, isLast) => (request) => {
        const zone = longestZone(names, request.name);
        // One that is the authority for its zones alone rather refuses.
        if (zone === undefined) return isLast ? { rcode: "REFUSED" } : next(request);
        const data = settings.zones.get(zone)!.at(request.nowMs);
        return answer(data, request, settings, { next, askSelf });
      },
    };
  },
};

/** The zone is undefined as long as its file could not be read. */
function answer(
  zone: Zone | undefined,
  request: DnsRequest,
  settings: FileSettings,
  { next, askSelf }: { next: DnsHandler; askSelf: DnsHandler },
): DnsReply {
  const { message, question, name, steps } = request;
  if (question.type === "AXFR" || question.type === "IXFR") return { rcode: "REFUSED" };
  // Zones that come from other servers are not modelled, so that nobody has to tell of changes.
  if (message.opcode === "NOTIFY") return { rcode: "NOERROR" };
  if (zone === undefined) return { rcode: "SERVFAIL" };
  const found = zoneAnswer(zone, request, askSelf);
  steps?.push({ plugin: "file", text: `zone ${zone.origin}: ${found.result}, ${found.answers.length} records` });
  const isMissing = found.answers.length === 0 && (found.result === "nameError" || found.result === "success");
  if (isMissing && isInAnyZone(settings.fallthrough, name)) return next(request);
  return replyOfZone(request, found, true);
}

/** @throws ParseError as plugin/file/setup.go words it */
function readSettings(
  words: Dispenser,
  blockZones: readonly DnsName[],
  surroundings: ServerSurroundings,
): FileSettings {
  const zones = new Map<DnsName, ZoneFile>();
  let fallthrough: readonly DnsName[] = [];
  let missing: string | undefined;
  let reloadMs = 60_000;
  while (words.next()) {
    if (!words.nextArg()) throw words.argErr();
    const path = words.val();
    const origins = originsOf(words.remainingArgs(), blockZones);
    const text = surroundings.readFile(path);
    if (text === undefined) missing = path;
    // Behind a file that is missing no other is read.
    const read = origins.map((origin) => (missing === undefined ? zoneFrom(text!, origin, path, words) : undefined));
    while (words.nextBlock()) {
      const option = words.val();
      const args = words.remainingArgs();
      if (option === "fallthrough") fallthrough = originsOf(args, ["."]);
      else if (option === "reload") reloadMs = reloadOf(words, args);
      else if (option !== "upstream" && option !== "reload_by_mtime") throw words.err(`unknown property '${option}'`);
    }
    for (const [index, origin] of origins.entries()) {
      zones.set(origin, new ZoneFile(origin, path, reloadMs, surroundings, read[index]));
    }
  }
  if (missing !== undefined && reloadMs === 0) {
    throw words.plainErr(`plugin/file: open ${missing}: no such file or directory`);
  }
  return { zones, fallthrough };
}

function reloadOf(words: Dispenser, args: readonly string[]): number {
  if (args[0] === undefined) throw words.plainErr("reload duration value is expected");
  return durationOf(args[0], (problem) => words.plainErr(`plugin/file: ${problem}`));
}

function zoneFrom(text: string, origin: DnsName, path: string, words: Dispenser): Zone {
  try {
    return readZone(text, origin, path);
  } catch (error) {
    if (error instanceof ZoneError) throw words.plainErr(error.message);
    throw error;
  }
}
