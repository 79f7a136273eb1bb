/** One line that the controller writes to its log at the level of a warning or an error. */
export interface LogEntry {
  readonly severity: "W" | "E";
  /** File and line of the program that say it, as klog shows them: `controller.go:1241`. */
  readonly source: string;
  readonly message: string;
}

/** Where the controller's warnings and errors go. */
export interface ControllerLog {
  warn(source: string, message: string): void;
  error(source: string, message: string): void;
}

/** A log that keeps what it is told, in order. */
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
