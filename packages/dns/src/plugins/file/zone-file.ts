import { ParseError } from "@kubenetsim/core/runtime/errors";
import { labelsOf } from "../../message/dns-name.ts";
import type { DnsName, ResourceRecord } from "../../message/resource-record.ts";
import { parseZone } from "../../zone-text/parse-zone.ts";
import type { ServerSurroundings } from "../plugin.ts";
import { type Zone, ZoneError, zoneOf } from "./zone.ts";

/** Reads a zone from a file. @throws ZoneError; UnsupportedError */
export function readZone(text: string, origin: DnsName, file: string, previousSerial = 0): Zone {
  return zoneOf(parsed(text, origin, file), { origin, file, previousSerial });
}

function parsed(text: string, origin: DnsName, file: string): ResourceRecord[] {
  try {
    return parseZone(text, { origin, source: file });
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    throw new ZoneError(`failed to parse file "${file}" for origin ${origin} with error ${error.message}`);
  }
}

/** A zone with its file, which is read again from time to time: a zone with another serial takes its place. */
export class ZoneFile {
  readonly origin: DnsName;
  readonly #file: string;
  readonly #reloadMs: number;
  readonly #surroundings: ServerSurroundings;
  #zone: Zone | undefined;
  /** How many times the period had gone by when the file was read last. */
  #reading = 0;

  constructor(
    origin: DnsName,
    file: string,
    reloadMs: number,
    surroundings: ServerSurroundings,
    zone: Zone | undefined,
  ) {
    this.origin = origin;
    this.#file = file;
    this.#reloadMs = reloadMs;
    this.#surroundings = surroundings;
    this.#zone = zone;
  }

  /** Undefined as long as its file could not be read. */
  at(nowMs: number): Zone | undefined {
    const reading = this.#reloadMs <= 0 ? 0 : Math.floor((nowMs - this.#surroundings.nowMs) / this.#reloadMs);
    if (reading > this.#reading) {
      this.#reading = reading;
      this.#read();
    }
    return this.#zone;
  }

  #read(): void {
    const { readFile, log } = this.#surroundings;
    const text = readFile(this.#file);
    if (text === undefined) {
      log(
        `[ERROR] plugin/file: Failed to open zone "${this.origin}" in "${this.#file}": open ${this.#file}: no such file or directory`,
      );
      return;
    }
    try {
      this.#zone = readZone(text, this.origin, this.#file, this.#zone?.soa.serial ?? -1);
      const { serial } = this.#zone.soa;
      log(
        `[INFO] plugin/file: Successfully reloaded zone "${this.origin}" in "${this.#file}" with ${serial} SOA serial`,
      );
    } catch (error) {
      if (!(error instanceof ZoneError)) throw error;
      if (error.message.startsWith("no change")) return;
      log(`[ERROR] plugin/file: Parsing zone "${this.origin}": ${error.message}`);
    }
  }
}

/** All records, the SOA first and last; the SOA alone where who asks has them already (plugin/file/xfr.go). */
export function transferOf(zone: Zone, serial: number): ResourceRecord[] {
  const { soa, nameServers, nodes } = zone;
  if (serial !== 0 && serial === soa.serial) return [soa];
  const ordered = [...nodes].sort(([a], [b]) => compareNames(a, b));
  const records = ordered.flatMap(([, node]) => [...node.records.values()].flat());
  return [soa, ...nameServers, ...records, soa];
}

/** By labels from the right (RFC 4034, section 6.1; plugin/file/tree/less.go). Both in lower case. */
function compareNames(a: DnsName, b: DnsName): number {
  const [left, right] = [labelsOf(a).reverse(), labelsOf(b).reverse()];
  for (let index = 0; index < Math.min(left.length, right.length); index++) {
    if (left[index] !== right[index]) return left[index]! < right[index]! ? -1 : 1;
  }
  return left.length - right.length;
}
