import type { Trace } from "@kubenetsim/core/trace/trace";
import type { Source } from "../connect/source.ts";

/** Somebody who can open connections: a Pod, a node, a host outside. */
export class ClientHandle {
  readonly source: Source;
  readonly #connect: (from: Source, to: string) => Trace;

  constructor(source: Source, connect: (from: Source, to: string) => Trace) {
    this.source = source;
    this.#connect = connect;
  }

  /** `http://web.shop/`: names as a Pod's DNS knows them; port 80, or 443 for https. @throws ParseError */
  curl(url: string): Trace {
    return this.connect(url.includes("://") ? url : `http://${url}`);
  }

  /** `10.96.0.10:53/udp`, `svc/shop/api:grpc` or a URL. @throws ParseError */
  connect(destination: string): Trace {
    return this.#connect(this.source, destination);
  }
}
