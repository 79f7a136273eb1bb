import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { ApiObject } from "@kubenetsim/core/model/api-object";
import { matchesSelector, type Selector } from "@kubenetsim/core/model/label-selector";
import { parseSelector } from "@kubenetsim/core/model/selector-text";

const paths: Readonly<Record<string, readonly [kind: string, apiVersion: string]>> = {
  "/api/v1/services": ["Service", "v1"],
  "/api/v1/pods": ["Pod", "v1"],
  "/api/v1/namespaces": ["Namespace", "v1"],
  "/apis/discovery.k8s.io/v1/endpointslices": ["EndpointSlice", "discovery.k8s.io/v1"],
};

interface Watch {
  readonly kind: string;
  readonly selector: Selector;
  readonly response: ServerResponse;
}

/** Lists and watches over HTTP, of whatever objects: those too that no API server would take. */
export class WatchedObjects {
  readonly #objects = new Map<string, ApiObject>();
  readonly #watches = new Set<Watch>();
  readonly #server: Server;
  #revision = 100;

  private constructor() {
    this.#server = createServer((request, response) => {
      const url = new URL(request.url!, "http://localhost");
      const path = paths[url.pathname];
      response.setHeader("content-type", "application/json");
      if (path === undefined) {
        response.writeHead(404).end(JSON.stringify({ kind: "Status", apiVersion: "v1", status: "Failure", code: 404 }));
      } else this.#answer(path, url.searchParams, response);
    });
  }

  static async open(): Promise<WatchedObjects> {
    const opened = new WatchedObjects();
    await new Promise<void>((done) => void opened.#server.listen(0, "127.0.0.1", done));
    return opened;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  put(objects: readonly ApiObject[]): void {
    for (const object of objects) {
      const before = this.#objects.get(keyOf(object));
      const resourceVersion = String(++this.#revision);
      const stored = { ...object, metadata: { uid: keyOf(object), ...object.metadata, resourceVersion } } as ApiObject;
      this.#objects.set(keyOf(object), stored);
      this.#tell(before, stored);
    }
  }

  delete(objects: readonly ApiObject[]): void {
    for (const object of objects) {
      const before = this.#objects.get(keyOf(object));
      if (before === undefined) continue;
      this.#objects.delete(keyOf(object));
      this.#revision++;
      this.#tell(before, undefined);
    }
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #answer([kind, apiVersion]: readonly [string, string], asked: URLSearchParams, response: ServerResponse): void {
    const selector = parseSelector(asked.get("labelSelector") ?? "");
    const items = [...this.#objects.values()].filter((object) => object.kind === kind && matches(selector, object));
    const metadata = { resourceVersion: String(this.#revision) };
    if (asked.get("watch") === null) {
      response.end(JSON.stringify({ kind: `${kind}List`, apiVersion, metadata, items }));
      return;
    }
    if (asked.get("sendInitialEvents") === "true") {
      for (const object of items) response.write(eventText("ADDED", object));
      const annotations = { "k8s.io/initial-events-end": "true" };
      response.write(eventText("BOOKMARK", { kind, apiVersion, metadata: { ...metadata, annotations } }));
    } else response.flushHeaders();
    const watch: Watch = { kind, selector, response };
    this.#watches.add(watch);
    response.on("close", () => this.#watches.delete(watch));
  }

  #tell(before: ApiObject | undefined, after: ApiObject | undefined): void {
    const { kind } = (after ?? before)!;
    for (const watch of this.#watches) {
      if (watch.kind !== kind) continue;
      const [was, is] = [before, after].map((object) => object !== undefined && matches(watch.selector, object));
      if (is) watch.response.write(eventText(was ? "MODIFIED" : "ADDED", after!));
      else if (was) watch.response.write(eventText("DELETED", before!));
    }
  }
}

function keyOf({ kind, metadata }: ApiObject): string {
  return `${kind}/${metadata.namespace ?? ""}/${metadata.name}`;
}

function matches(selector: Selector, { metadata }: ApiObject): boolean {
  return matchesSelector(selector, metadata.labels ?? {});
}

function eventText(type: string, object: object): string {
  return `${JSON.stringify({ type, object })}\n`;
}
