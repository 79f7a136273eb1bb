/** What may be said of an object in a request before anybody knows it: `{{uid}}` and the like, of what the path names. */
interface Seen {
  uid: string;
  /** At first, and last. */
  oldrv: string;
  rv: string;
}

interface Body {
  readonly kind?: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly items?: readonly Body[];
  readonly [field: string]: unknown;
}

/**
 * Makes answers of different clusters comparable: what each cluster has of its own goes, what must be the same within one is
 * told by how it relates to what was answered before.
 */
export class AnswerComparer {
  readonly #seen = new Map<string, Seen>();
  #token = "";

  /** A request's text with what has been seen of the object at its path. */
  filled(text: string, path: string): string {
    const seen = this.#seen.get(objectId(path));
    return text
      .replaceAll("{{uid}}", seen?.uid ?? "nobody")
      .replaceAll("{{rv}}", seen?.rv ?? "1")
      .replaceAll("{{oldrv}}", seen?.oldrv ?? "1")
      .replaceAll("{{token}}", this.#token);
  }

  comparable(body: unknown, path: string): unknown {
    if (typeof body !== "object" || body === null) return body;
    const answer = body as Body;
    if (answer.kind === "Status") return JSON.parse(neutralText(JSON.stringify(answer)));
    if (answer.items !== undefined) return this.#list(answer, path);
    return this.#object(answer, objectId(path, answer.metadata?.name));
  }

  #list(list: Body, path: string): unknown {
    const { resourceVersion: _, continue: token, ...metadata } = list.metadata ?? {};
    if (typeof token === "string") this.#token = token;
    const items = list.items!.map((item) => this.#object(item, objectId(path, item.metadata?.name)));
    return { ...list, metadata: { ...metadata, more: token !== undefined }, items };
  }

  #object(object: Body, id: string): unknown {
    const { metadata = {}, spec, ...rest } = object;
    const { managedFields: _, uid, resourceVersion, creationTimestamp, deletionTimestamp, ...others } = metadata;
    const seen = this.#seen.get(id);
    const told = {
      ...others,
      name: String(metadata.name).replace(/^(gen-)\w{5}$/, "$1*"),
      uid: uid === undefined ? undefined : seen?.uid === uid ? "same" : "new",
      resourceVersion: resourceVersion === undefined ? undefined : seen?.rv === resourceVersion ? "same" : "new",
      created: creationTimestamp !== undefined,
      deleted: deletionTimestamp !== undefined,
    };
    if (typeof uid === "string" && typeof resourceVersion === "string") {
      const oldrv = seen?.uid === uid ? seen.oldrv : resourceVersion;
      this.#seen.set(id, { uid, rv: resourceVersion, oldrv });
    }
    // Their defaults are another matter.
    const isLarge = ["Pod", "Deployment", "ReplicaSet", "Node"].includes(object.kind ?? "") || isPodLike(spec);
    const { status, ...content } = rest;
    return JSON.parse(JSON.stringify({ ...content, metadata: told, ...(isLarge ? {} : { spec, status }) }));
  }
}

function isPodLike(spec: unknown): boolean {
  const fields = (spec ?? {}) as Readonly<Record<string, unknown>>;
  return ["containers", "template", "podCIDR"].some((field) => field in fields);
}

function neutralText(text: string): string {
  return text
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "<uid>")
    .replaceAll(/\bgen-[a-z0-9]{5}\b/g, "gen-*")
    .replaceAll(/(precondition|record) \(\d+\)/g, "$1 (<n>)")
    .replaceAll(/(current|version): \d+/g, "$1: <n>");
}

function objectId(path: string, name?: unknown): string {
  const steps = path
    .split("?")[0]!
    .split("/")
    .filter((step) => step !== "" && step !== "status" && step !== "scale");
  if (typeof name === "string" && steps.at(-1) !== name) steps.push(name);
  return steps.join("/");
}
