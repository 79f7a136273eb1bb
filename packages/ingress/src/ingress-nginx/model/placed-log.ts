import type { ControllerLog, LogEntry } from "../../controller-log.ts";
import { comparePlaces, type Place } from "./ingress-order.ts";

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
  readonly #byKey = new Map<string, readonly PlacedLine[]>();
  #sorted: readonly PlacedLine[] | undefined;

  set(key: string, lines: readonly PlacedLine[]): void {
    const before = this.#byKey.get(key) ?? noLines;
    if (before.length === 0 && lines.length === 0) return;
    if (lines.length === 0) this.#byKey.delete(key);
    else this.#byKey.set(key, lines);
    this.#sorted = undefined;
  }

  /** In the order in which the program writes them; what is so at some times alone, at this time. */
  writeTo(log: ControllerLog, nowMs: number | undefined): void {
    this.#sorted ??= this.#sort();
    for (const { entry, during } of this.#sorted)
      if (during === undefined || isDuring(during, nowMs)) write(log, entry);
  }

  #sort(): readonly PlacedLine[] {
    const keys = [...this.#byKey.keys()].sort();
    return keys.flatMap((key) => this.#byKey.get(key)!).sort(compareLines);
  }
}

function isDuring({ fromMs, beforeMs }: LogTime, nowMs: number | undefined): boolean {
  return nowMs !== undefined && fromMs <= nowMs && nowMs < beforeMs;
}

function write(log: ControllerLog, { severity, source, message }: LogEntry): void {
  if (severity === "I") log.info?.(source, message);
  else if (severity === "W") log.warn(source, message);
  else log.error(source, message);
}

function compareLines({ place: left }: PlacedLine, { place: right }: PlacedLine): number {
  if (left === undefined || right === undefined) return Number(left !== undefined) - Number(right !== undefined);
  return comparePlaces(left, right);
}
