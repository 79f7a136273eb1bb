import { timestampOf } from "@kubenetsim/core/runtime/timestamp";
import { RestClient } from "./client/rest-client.ts";
import type { KlogWarning } from "./flags/dry-run.ts";
import type { FlagValues } from "./flags/flag.ts";
import type { KubectlHost } from "./host.ts";

/** What one call of kubectl works with: its server, and what it has printed so far. */
export class Session {
  readonly host: KubectlHost;
  readonly client: RestClient;
  /** The namespace of commands that name none: `-n`, else `default`. */
  readonly namespace: string;
  /** `-n` was given. */
  readonly namespaceIsGiven: boolean;
  #stdout = "";
  #stderr = "";
  #warnings = 0;

  constructor(host: KubectlHost, flags: FlagValues) {
    this.host = host;
    this.namespaceIsGiven = flags.has("namespace");
    this.namespace = flags.text("namespace") || "default";
    const warned = new Set<string>();
    this.client = new RestClient(host, (warning) => {
      if (warned.has(warning)) return;
      warned.add(warning);
      this.complain(`Warning: ${warning}`);
      this.#warnings++;
    });
  }

  get stdout(): string {
    return this.#stdout;
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** How many warnings the server has given. */
  get warnings(): number {
    return this.#warnings;
  }

  /** To stdout, with a line end. */
  say(line: string): void {
    this.#stdout += `${line}\n`;
  }

  /** To stdout, as it is. */
  write(text: string): void {
    this.#stdout += text;
  }

  /** To stderr, as klog writes a warning: behind the time, the process (1 here) and where in kubectl it comes from. */
  log({ line, text }: KlogWarning): void {
    const { nowMs } = this.host;
    const time = timestampOf(nowMs);
    const micros = String(Math.floor(nowMs % 1000) * 1000).padStart(6, "0");
    const date = `${time.slice(5, 7)}${time.slice(8, 10)} ${time.slice(11, 19)}.${micros}`;
    this.complain(`W${date} ${"1".padStart(7)} helpers.go:${line}] ${text}`);
  }

  /** To stderr, with a line end. */
  complain(line: string): void {
    this.#stderr += `${line}\n`;
  }
}
