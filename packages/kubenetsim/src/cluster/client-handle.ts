import type { Trace } from "@kubenetsim/core/trace/trace";
import type { Displayed } from "@kubenetsim/display/display";
import type { Share } from "@kubenetsim/network/shares/shares";
import type { Source } from "../connect/source.ts";
import type { LookupOptions, NameLookup } from "../dns/name-lookup.ts";
import type { NameSystem } from "../dns/programs/name-system.ts";
import type { CurlOptions } from "../http/curl-options.ts";
import type { HttpTrace } from "../http/http-exchange.ts";
import type { RunningController } from "../ingress/running-controller.ts";

/** A packet's way, and how the name was found that it was sent to. */
export interface NamedTrace extends Trace {
  readonly lookup?: NameLookup;
}

/** What a client may ask of its cluster's network. */
export interface Questions {
  connect(from: Source, to: string): NamedTrace & Displayed;
  curl(from: Source, url: string, options?: CurlOptions): HttpTrace & Displayed;
  resolve(from: Source, name: string, options?: LookupOptions): NameLookup & Displayed;
  names(from: Source): NameSystem;
  shares(from: Source, to: string): readonly Share[] & Displayed;
  /** The ingress controller in a Pod; undefined where none runs. @throws ParseError where there is no such Pod */
  controller(from: Source): RunningController | undefined;
}

/** Somebody who can open connections: a Pod, a node, a host outside. */
export class ClientHandle {
  readonly source: Source;
  readonly #ask: Questions;

  constructor(source: Source, ask: Questions) {
    this.source = source;
    this.#ask = ask;
  }

  /**
   * Asks for a URL as curl does: the name is looked up, a connection opened, and on it the request is sent; the proxies on its way send
   * it on by connections of their own. The trace is that of the client's own connection, `http` what was said.
   *
   * @example
   * lab.external().curl("https://shop.test/cart", { resolve: ["shop.test:443:192.168.10.11"], insecure: true }).http?.response?.status;
   * @throws ParseError for what is no URL, and a name without an address
   */
  curl(url: string, options: CurlOptions = {}): HttpTrace & Displayed {
    return this.#ask.curl(this.source, url, options);
  }

  /** `10.96.0.10:53/udp`, `svc/shop/api:grpc` or a URL. @throws ParseError */
  connect(destination: string): NamedTrace & Displayed {
    return this.#ask.connect(this.source, destination);
  }

  /**
   * Looks a name up as a program there does: its files, its search list, the queries as packets to the name server, and what CoreDNS
   * answers. A name that is not found is an outcome too.
   *
   * @example lab.pod("shop/client").resolve("web").queries.map(({ message }) => message.questions[0].name)
   */
  resolve(name: string, options: LookupOptions = {}): NameLookup & Displayed {
    return this.#ask.resolve(this.source, name, options);
  }

  /** All that may become of the next connection there, each with its exact chance. @throws ParseError */
  shares(destination: string): readonly Share[] & Displayed {
    return this.#ask.shares(this.source, destination);
  }
}
