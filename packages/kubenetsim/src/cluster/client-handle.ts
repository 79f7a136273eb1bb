import type { Trace } from "@kubenetsim/core/trace/trace";
import type { Share } from "@kubenetsim/network/shares/shares";
import type { Source } from "../connect/source.ts";

/** What a client may ask of its cluster's network. */
export interface Questions {
  connect(from: Source, to: string): Trace;
  shares(from: Source, to: string): readonly Share[];
}

/** Somebody who can open connections: a Pod, a node, a host outside. */
export class ClientHandle {
  readonly source: Source;
  readonly #ask: Questions;

  constructor(source: Source, ask: Questions) {
    this.source = source;
    this.#ask = ask;
  }

  /** `http://web.shop/`: names as a Pod's DNS knows them; port 80, or 443 for https. @throws ParseError */
  curl(url: string): Trace {
    return this.connect(url.includes("://") ? url : `http://${url}`);
  }

  /** `10.96.0.10:53/udp`, `svc/shop/api:grpc` or a URL. @throws ParseError */
  connect(destination: string): Trace {
    return this.#ask.connect(this.source, destination);
  }

  /** All that may become of the next connection there, each with its exact chance. @throws ParseError */
  shares(destination: string): readonly Share[] {
    return this.#ask.shares(this.source, destination);
  }
}
