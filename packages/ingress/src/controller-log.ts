/** One line that a controller writes to its log. */
export interface LogEntry {
  readonly severity: "I" | "W" | "E";
  /** File and line of the program that say it, as klog shows them: `controller.go:1241`. */
  readonly source: string;
  readonly message: string;
}

/** Where a controller's log goes: warnings, errors, and what it tells of its work to those who keep that, too. */
export interface ControllerLog {
  info?(source: string, message: string): void;
  warn(source: string, message: string): void;
  error(source: string, message: string): void;
}

/** A log that keeps warnings and errors, in order. */
export class KeptLog implements ControllerLog {
  readonly entries: LogEntry[] = [];

  warn(source: string, message: string): void {
    this.entries.push({ severity: "W", source, message });
  }

  error(source: string, message: string): void {
    this.entries.push({ severity: "E", source, message });
  }
}

/** A text as klog's structured lines and Go's `%q` show it. */
export function quoted(text: string): string {
  return JSON.stringify(text);
}
