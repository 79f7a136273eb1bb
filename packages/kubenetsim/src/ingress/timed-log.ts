import { timestampOf } from "@kubenetsim/core/runtime/timestamp";
import type { ControllerLog, LogEntry } from "@kubenetsim/ingress";

/** A line of a controller's log, and when it was written on the virtual clock. */
export interface TimedEntry extends LogEntry {
  readonly atMs: number;
}

/** The log of a controller's process, all of it. */
export class TimedLog implements ControllerLog {
  readonly entries: TimedEntry[] = [];
  /** The time of its process. */
  nowMs: number;

  constructor(nowMs: number) {
    this.nowMs = nowMs;
  }

  info(source: string, message: string): void {
    this.#put("I", source, message);
  }

  warn(source: string, message: string): void {
    this.#put("W", source, message);
  }

  error(source: string, message: string): void {
    this.#put("E", source, message);
  }

  #put(severity: LogEntry["severity"], source: string, message: string): void {
    this.entries.push({ severity, source, message, atMs: this.nowMs });
  }
}

/** A log as klog prints it: `I0101 00:00:03.333000       7 controller.go:231] "Backend successfully reloaded"`. */
export function klogText(entries: readonly TimedEntry[]): string {
  return entries.map((entry) => `${klogLine(entry)}\n`).join("");
}

/** The process's number in its container, where an init process has started it. */
const processId = "7".padStart(7);

function klogLine({ severity, source, message, atMs }: TimedEntry): string {
  const [date = "", time = ""] = timestampOf(atMs).replace("Z", "").split("T");
  const micros = String(Math.floor((atMs % 1000) * 1000)).padStart(6, "0");
  return `${severity}${date.slice(5).replace("-", "")} ${time}.${micros} ${processId} ${source}] ${message}`;
}
