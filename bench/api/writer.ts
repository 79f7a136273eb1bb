import { Agent, request } from "node:http";

/** Writes Services one after another on its own connection: creates, relabels and deletes them, over and over. */
export class Writer {
  /** Writes that the server took. */
  done = 0;
  readonly refused: string[] = [];
  readonly latenciesMs: number[] = [];
  readonly #url: string;
  readonly #id: string;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  #turn = 0;

  constructor(url: string, id: string) {
    this.#url = `${url}/api/v1/namespaces/default/services`;
    this.#id = id;
  }

  /** One write: of ten, the first creates and the last deletes. */
  async write(): Promise<void> {
    const turn = this.#turn++;
    const step = turn % 10;
    const name = `w${this.#id}`;
    if (step === 0) await this.#send("POST", "", "application/json", serviceBody(name));
    else if (step === 9) await this.#send("DELETE", `/${name}`, "application/json", "");
    else {
      const body = JSON.stringify({ metadata: { labels: { turn: String(turn) } } });
      await this.#send("PATCH", `/${name}`, "application/merge-patch+json", body);
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  #send(method: string, path: string, type: string, body: string): Promise<void> {
    const begun = performance.now();
    return new Promise((resolve, reject) => {
      const headers = { "content-type": type, "content-length": String(Buffer.byteLength(body)), "user-agent": "load" };
      const sent = request(this.#url + path, { method, headers, agent: this.#agent }, (response) => {
        response.resume();
        response.on("end", () => {
          this.latenciesMs.push(performance.now() - begun);
          if (response.statusCode! < 300) this.done++;
          else this.refused.push(`${method} ${path}: ${response.statusCode}`);
          resolve();
        });
      });
      sent.on("error", reject);
      sent.end(body);
    });
  }
}

function serviceBody(name: string): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Service",
    metadata: { name },
    spec: { selector: { app: name }, ports: [{ port: 80, targetPort: 8080 }] },
  });
}
