import type { DnsMessage } from "../message/dns-message.ts";
import type { RecordType } from "../message/record-type.ts";
import type { DnsName } from "../message/resource-record.ts";
import { askAgain } from "../plugins/look-up.ts";
import type { DnsHandler, DnsRequest } from "../plugins/plugin.ts";

/** How often an alias can lead out of a zone and back into one. CoreDNS goes on until its stack ends, and dies of it. */
const mostNested = 16;

/** Asks the server itself for what lies outside of a zone, for one query. */
export class ElsewhereLookup {
  /** Milliseconds that it waited. */
  tookMs: number = 0;
  /** Whether it was asked at all. */
  asked: boolean = false;
  readonly #askSelf: DnsHandler;
  readonly #request: DnsRequest;

  constructor(askSelf: DnsHandler, request: DnsRequest) {
    this.#askSelf = askSelf;
    this.#request = request;
  }

  /** Undefined where there is no answer, and where aliases lead round in a circle. */
  readonly ask = (name: DnsName, type: RecordType): DnsMessage | undefined => {
    this.asked = true;
    const depth = (this.#request.depth ?? 0) + 1;
    if (depth > mostNested) return undefined;
    const { message, tookMs = 0 } = askAgain(this.#askSelf, { ...this.#request, depth }, name, type);
    this.tookMs += tookMs;
    return message;
  };
}
