import type { ApiObject } from "../../model/api-object.ts";
import { StatusError } from "../../runtime/errors.ts";
import type { PlainObject } from "../manifest/manifest-document.ts";
import { type AnswerForm, bookmarkBody, formed, readAnswerForm } from "./answer-form.ts";
import { isSelected, type ListOptions } from "./list-options.ts";
import { revisionComplaint } from "./list-verb.ts";
import { inKeyOrder, resourceVersionTooLarge } from "./past-table.ts";
import type { RestRequest, RestWatch, WatchEvent } from "./request.ts";
import type { ResourceRoute } from "./route.ts";
import { statusBody } from "./status-body.ts";
import type { ApiStore } from "./store.ts";
import { ToldChange, type WatchHub } from "./watch-hub.ts";

/** @throws StatusError for a resource version that is none, or a form that is not served */
export function watchObjects(
  store: ApiStore,
  hub: WatchHub,
  route: ResourceRoute,
  options: ListOptions,
  request: RestRequest,
): RestWatch {
  const form = readAnswerForm(request);
  const wrong = revisionComplaint(options.resourceVersion);
  if (wrong !== undefined) throw new StatusError("Unknown", wrong);
  const watch = new Watch(store, route, options, form);
  return {
    kind: "watch",
    warnings: [],
    timeoutSeconds: options.timeoutSeconds,
    start: (listener) => watch.start(hub, listener),
    bookmark: () => (options.allowWatchBookmarks ? watch.bookmark() : undefined),
  };
}

/** One watch that runs. */
class Watch {
  readonly #store: ApiStore;
  readonly #route: ResourceRoute;
  readonly #options: ListOptions;
  readonly #form: AnswerForm;
  /** By which watches of the same form share their events. */
  readonly #formIds: Readonly<Record<"ADDED" | "MODIFIED" | "DELETED", string>>;
  #listener: (event: WatchEvent) => void = () => {};
  /** Of the last change that is told or passed over. */
  #revision: number;
  /** Tables name their columns once. */
  #columnsTold = false;
  #stopped = false;

  constructor(store: ApiStore, route: ResourceRoute, options: ListOptions, form: AnswerForm) {
    this.#store = store;
    this.#route = route;
    this.#options = options;
    this.#form = form;
    const id = `${form.shape} ${form.version} ${form.include}`;
    this.#formIds = { ADDED: `ADDED ${id}`, MODIFIED: `MODIFIED ${id}`, DELETED: `DELETED ${id}` };
    this.#revision = Number(options.resourceVersion);
  }

  start(hub: WatchHub, listener: (event: WatchEvent) => void): () => void {
    this.#listener = listener;
    const { sendInitialEvents, resourceVersion } = this.#options;
    const isFromNow = Number(resourceVersion) === 0;
    // Changes that a listener makes while it hears of the first events have their turn after these.
    const waiting: ToldChange[] = [];
    let take = (told: ToldChange): void => void waiting.push(told);
    const stop = hub.watch(this.#route.kind, {
      take: (told) => take(told),
      rewound: () => {
        this.#expire();
        stop();
      },
    });
    if (sendInitialEvents) this.#tellAll();
    else if (isFromNow) this.#revision = this.#store.state.revision;
    else this.#tellSince();
    for (const told of waiting) this.#take(told);
    take = (told) => this.#take(told);
    const end = (): void => {
      this.#stopped = true;
      stop();
    };
    if (this.#stopped) stop();
    return end;
  }

  bookmark(): WatchEvent {
    this.#revision = Math.max(this.#revision, this.#store.state.revision);
    return this.#bookmarkEvent();
  }

  /** What there is, as if it had been added. */
  #tellAll(): void {
    const { state } = this.#store;
    const wanted = Number(this.#options.resourceVersion);
    if (wanted > state.revision) {
      this.#fail(resourceVersionTooLarge(wanted, state.revision, 1));
      return;
    }
    this.#revision = state.revision;
    for (const object of inKeyOrder(state.tables[this.#route.kind])) {
      if (this.#stopped) return;
      if (this.#concerns(object)) this.#emit({ type: "ADDED", object: this.#formed(object) });
    }
    // Only who knows bookmarks is told that this was all.
    if (this.#options.allowWatchBookmarks) this.#emit(this.#bookmarkEvent({ "k8s.io/initial-events-end": "true" }));
  }

  /** What has happened since the revision that is asked for, or that this is forgotten. */
  #tellSince(): void {
    const changes = this.#store.changesSince(this.#revision);
    if (changes === undefined) {
      this.#expire();
      return;
    }
    for (const change of changes) if (change.kind === this.#route.kind) this.#take(new ToldChange(change));
  }

  #expire(): void {
    const message = `too old resource version: ${this.#revision} (${this.#store.oldestRevision})`;
    this.#fail(new StatusError("Expired", message));
  }

  /** After an ERROR nothing is told any more. */
  #fail(error: StatusError): void {
    this.#emit({ type: "ERROR", object: statusBody(error) });
    this.#stopped = true;
  }

  #take(told: ToldChange): void {
    const { revision, before, after } = told.change;
    if (this.#stopped || revision <= this.#revision) return;
    this.#revision = revision;
    const wasSeen = before !== undefined && this.#concerns(before);
    const isSeen = after !== undefined && this.#concerns(after);
    if (isSeen) this.#tell(told, wasSeen ? "MODIFIED" : "ADDED", after);
    else if (wasSeen) this.#tell(told, "DELETED", told.deleted);
  }

  #tell(told: ToldChange, type: "ADDED" | "MODIFIED" | "DELETED", object: ApiObject): void {
    if (this.#form.shape === "Table" && !this.#columnsTold) this.#emit({ type, object: this.#formed(object) });
    else this.#emit(told.event(type, this.#formIds[type], () => this.#formed(object)));
  }

  #emit(event: WatchEvent): void {
    if (!this.#stopped) this.#listener(event);
  }

  #concerns(object: ApiObject): boolean {
    const { namespace } = this.#route;
    return (namespace === undefined || object.metadata.namespace === namespace) && isSelected(object, this.#options);
  }

  #formed(object: ApiObject): PlainObject {
    return this.#withColumnsOnce(formed(object, this.#form, this.#store.clock.nowMs));
  }

  #withColumnsOnce(body: PlainObject): PlainObject {
    if (this.#form.shape !== "Table") return body;
    if (this.#columnsTold) return { ...body, columnDefinitions: null };
    this.#columnsTold = true;
    return body;
  }

  #bookmarkEvent(annotations?: PlainObject): WatchEvent {
    const { kind, info } = this.#route;
    const metadata = {
      resourceVersion: String(this.#revision),
      ...(annotations === undefined ? {} : { annotations }),
    };
    const type = { kind, apiVersion: info.apiVersion };
    const body = bookmarkBody(type, metadata, this.#form, this.#store.clock.nowMs);
    return { type: "BOOKMARK", object: this.#withColumnsOnce(body) };
  }
}
