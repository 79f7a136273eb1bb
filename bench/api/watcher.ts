import { get } from "node:http";

/** Counts the events of one watch and looks at their order. */
export class Watcher {
  events = 0;
  /** Events whose revision is not above the one before. */
  disordered = 0;
  lastRevision = 0;
  ended = false;
  #rest: Buffer = Buffer.alloc(0);
  #stop: () => void = () => {};

  /** Resolves when the server has answered. */
  start(url: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const request = get(url, { headers: { "user-agent": "load" }, agent: false }, (response) => {
        response.on("data", (chunk: Buffer) => this.#read(chunk));
        response.on("close", () => {
          this.ended = true;
        });
        resolve();
      });
      request.on("error", reject);
      this.#stop = () => request.destroy();
    });
  }

  stop(): void {
    this.#stop();
  }

  #read(chunk: Buffer): void {
    const data = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let from = 0;
    for (let end = data.indexOf(10, from); end >= 0; end = data.indexOf(10, from)) {
      this.#count(data, from);
      from = end + 1;
    }
    this.#rest = Buffer.from(data.subarray(from));
  }

  /** The first `resourceVersion` of a line is the object's. */
  #count(data: Buffer, from: number): void {
    const at = data.indexOf(marker, from) + marker.length;
    let revision = 0;
    for (let i = at; data[i] !== quote; i++) revision = revision * 10 + data[i]! - 48;
    if (revision <= this.lastRevision) this.disordered++;
    this.lastRevision = revision;
    this.events++;
  }
}

const marker = '"resourceVersion":"';
const quote = 34;
