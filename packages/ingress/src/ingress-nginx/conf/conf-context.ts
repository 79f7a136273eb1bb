import type { ListenPorts } from "../listen-ports.ts";
import type { FileHeaders } from "../model/file-headers.ts";
import type { NginxSettings } from "../nginx-settings.ts";

/** What servers and locations have to know beside themselves. */
export interface ConfContext {
  readonly settings: NginxSettings;
  readonly ports: ListenPorts;
  readonly headers: FileHeaders;
  /** Names of backends without endpoints. */
  readonly isEmpty: ReadonlySet<string>;
}
