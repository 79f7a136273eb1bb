import type { ListenPorts } from "../listen-ports.ts";
import type { NginxSettings } from "../nginx-settings.ts";

/** What servers and locations have to know beside themselves. */
export interface ConfContext {
  readonly settings: NginxSettings;
  readonly ports: ListenPorts;
  /** Names of backends without endpoints. */
  readonly isEmpty: ReadonlySet<string>;
}
