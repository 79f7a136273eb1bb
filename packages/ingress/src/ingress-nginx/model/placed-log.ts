import type { ControllerLog, LogEntry } from "../../controller-log.ts";
import { comparePlaces, type Place } from "./ingress-order.ts";
import { withItems } from "./sorted-list.ts";

/** A line of the log and where in the Ingresses the program is when it writes it; undefined for before all of them. */
export interface PlacedLine {
  readonly place: Place | undefined;
  readonly entry: LogEntry;
  /** When the program writes it; always unless given. */
  readonly during?: LogTime | undefined;
}

/** A part of the virtual time, without its end. */
export interface LogTime {
  readonly fromMs: number;
  readonly beforeMs: number;
}

export const noLines: readonly PlacedLine[] = [];

/** A log that notes the place of each line. */
export class PlacedLog implements ControllerLog {
  #lines: PlacedLine[] | undefined;
  #place: Place | undefined;

  /** What comes now is about this place. */
  at(place: Place): void {
    this.#place = place;
  }

  get lines(): readonly PlacedLine[] {
    return this.#lines ?? noLines;
  }

  info(source: string, message: string): void {
    this.#add({ severity: "I", source, message });
  }

  warn(source: string, message: string): void {
    this.#add({ severity: "W", source, message });
  }

  error(source: string, message: string): void {
    this.#add({ severity: "E", source, message });
  }

  /** Warns of what is so at some times. */
  warnDuring(during: LogTime, source: string, message: string): void {
    this.#add({ severity: "W", source, message }, during);
  }

  #add(entry: LogEntry, during?: LogTime): void {
    this.#lines ??= [];
    this.#lines.push({ place: this.#place, entry, during });
  }
}

/** The lines of one phase, which goes through the Ingresses in their order: kept by the key of what they are about. */
export class PhaseLines {
  #sorted: readonly KeyedLine[] = [];

  /** Takes other lines in the place of those of some keys; undefined for none. */
  set(changes: ReadonlyMap<string, { readonly lines: readonly PlacedLine[] } | undefined>): void {
    const added: KeyedLine[] = [];
    for (const [key, logged] of changes) {
      for (const [at, line] of (logged?.lines ?? noLines).entries()) added.push({ ...line, key, at });
    }
    if (added.length === 0 && this.#sorted.length === 0) return;
    const kept = this.#sorted.filter(({ key }) => !changes.has(key));
    this.#sorted = withItems(kept, added, compareLines);
  }

  /** In the order in which the program writes them; what is so at some times alone, at this time. */
  writeTo(log: ControllerLog, nowMs: number | undefined): void {
    for (const { entry, during } of this.#sorted) {
      if (during === undefined || isDuring(during, nowMs)) write(log, entry);
    }
  }
}

interface KeyedLine extends PlacedLine {
  readonly key: string;
  /** Counts the lines of the key. */
  readonly at: number;
}

function isDuring({ fromMs, beforeMs }: LogTime, nowMs: number | undefined): boolean {
  return nowMs !== undefined && fromMs <= nowMs && nowMs < beforeMs;
}

function write(log: ControllerLog, { severity, source, message }: LogEntry): void {
  if (severity === "I") log.info?.(source, message);
  else if (severity === "W") log.warn(source, message);
  else log.error(source, message);
}

function compareLines(left: KeyedLine, right: KeyedLine): number {
  return comparePlacesOf(left, right) || compareText(left.key, right.key) || left.at - right.at;
}

function comparePlacesOf({ place: left }: PlacedLine, { place: right }: PlacedLine): number {
  if (left === undefined || right === undefined) return Number(left !== undefined) - Number(right !== undefined);
  return comparePlaces(left, right);
}

function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
