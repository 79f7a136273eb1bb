import type { Dispenser } from "../../corefile/dispenser.ts";
import { durationOf } from "../../corefile/duration.ts";
import { originsOf } from "../../corefile/zone-and-port.ts";
import type { DnsName } from "../../message/resource-record.ts";
import { oncePerBlock } from "../once-per-block.ts";

export interface HostsSettings {
  path: string;
  zones: readonly DnsName[];
  /** Lines that stand in the Corefile itself. */
  readonly inline: string[];
  fallthrough: readonly DnsName[];
  fallthroughUnsupported: boolean;
  /** Whether addresses have PTR records. */
  reverse: boolean;
  /** Seconds. */
  ttl: number;
  /** How often the file is looked at; 0 for once. */
  reloadMs: number;
}

/** @throws ParseError as plugin/hosts/setup.go words it */
export function readHostsSettings(words: Dispenser, blockZones: readonly DnsName[]): HostsSettings {
  const settings: HostsSettings = {
    path: "/etc/hosts",
    zones: blockZones,
    inline: [],
    fallthrough: [],
    fallthroughUnsupported: false,
    reverse: true,
    ttl: 3600,
    reloadMs: 5000,
  };
  oncePerBlock(words, () => {
    const [path, ...zones] = words.remainingArgs();
    settings.path = path ?? settings.path;
    settings.zones = originsOf(zones, blockZones);
    while (words.nextBlock()) readOption(words, settings);
  });
  if (settings.fallthroughUnsupported && settings.fallthrough.length === 0) {
    throw words.err("fallthrough_unsupported requires fallthrough");
  }
  return settings;
}

function readOption(words: Dispenser, settings: HostsSettings): void {
  const option = words.val();
  if (option === "fallthrough") settings.fallthrough = originsOf(words.remainingArgs(), ["."]);
  else if (option === "fallthrough_unsupported") {
    if (words.remainingArgs().length > 0) throw words.argErr();
    settings.fallthroughUnsupported = true;
  } else if (option === "no_reverse") settings.reverse = false;
  else if (option === "ttl") settings.ttl = ttlOf(words);
  else if (option === "reload") settings.reloadMs = reloadOf(words);
  // Behind `fallthrough` no more lines of a hosts file may stand.
  else if (settings.fallthrough.length === 0) settings.inline.push([option, ...words.remainingArgs()].join(" "));
  else throw words.err(`unknown property '${option}'`);
}

function ttlOf(words: Dispenser): number {
  const [text] = words.remainingArgs();
  if (text === undefined) throw words.err("ttl needs a time in second");
  if (!/^[+-]?\d+$/.test(text)) throw words.err("ttl needs a number of second");
  const ttl = Number(text);
  if (ttl <= 0 || ttl > 65535) throw words.err("ttl provided is invalid");
  return ttl;
}

function reloadOf(words: Dispenser): number {
  const args = words.remainingArgs();
  if (args.length !== 1) throw words.err("reload needs a duration (zero seconds to disable)");
  const reload = durationOf(args[0]!, () => words.err(`invalid duration for reload '${args[0]}'`));
  if (reload < 0) throw words.err(`invalid negative duration for reload '${args[0]}'`);
  return reload;
}
