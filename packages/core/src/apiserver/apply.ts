import { type ApiObject, type Kind, objectKey } from "../model/api-object.ts";
import type { Clock } from "../runtime/clock.ts";
import { ParseError, StatusError } from "../runtime/errors.ts";
import type { Random } from "../runtime/random.ts";
import { acceptObject, keepSystemFields, setDefaults } from "./accept-object.ts";
import { admitNamespace } from "./admit-namespace.ts";
import type { Warning } from "./apply-warning.ts";
import { bootWithServiceCIDR } from "./boot-service-cidr.ts";
import { type Change, type ClusterState, objectTitle, type SourceOfObject } from "./cluster-state.ts";
import { decodeDocument } from "./decode/decode-document.ts";
import { isComponentConfig, isStoredKind, kinds } from "./decode/kinds.ts";
import type { Draft } from "./draft.ts";
import { serviceCidrFinalizer } from "./empty-state.ts";
import { kindRules } from "./kind-rules.ts";
import { KnownSpecs } from "./known-specs.ts";
import type { FieldPath, ManifestDocument } from "./manifest/manifest-document.ts";
import { readManifests } from "./manifest/read-manifests.ts";
import { type AppliedWorkload, checkPodCount, replicasOf } from "./pod-limit.ts";
import { sameObject } from "./same-object.ts";
import { SkippedKinds } from "./skipped-kinds.ts";
import { type FieldError, invalidObject, Refusal, stepsOf } from "./validate/field-error.ts";
import { writtenField } from "./validate/written-field.ts";
import { closedState, type OpenState, openState, putInto } from "./write-object.ts";

/** Where chance and time come from. */
export interface ApplyContext {
  readonly random: Random;
  readonly clock: Clock;
}

export interface ApplyResult {
  readonly state: ClusterState;
  /** In the order of the writes. Documents that change nothing give none. */
  readonly changes: readonly Change[];
  readonly warnings: readonly Warning[];
}

/**
 * Creates or replaces what a manifest holds.
 *
 * @throws ParseError when the text cannot be read, StatusError when an object is refused; the state is a value, so
 * nothing has changed then.
 * @example
 * const { state } = applyYaml(emptyState(), text, "shop.yaml", { random: seededRandom("1"), clock: virtualClock() });
 */
export function applyYaml(state: ClusterState, text: string, source: string, context: ApplyContext): ApplyResult {
  return applyDocuments(state, readManifests(text, source), context);
}

/**
 * Creates or replaces the objects of documents: decodes, defaults, allocates, validates and stores each, ServiceCIDRs
 * and Namespaces first, since others depend on them. All or nothing. The documents need not be in memory: where they do not
 * stand in that order, or something is refused, they are gone through again.
 *
 * What a dump of a cluster says of itself (`uid`, `creationTimestamp`, `status`) is kept; `resourceVersion` is not.
 *
 * @throws StatusError when an object is refused, with its position; UnsupportedError for more replicas than `podLimit`.
 */
export function applyDocuments(
  state: ClusterState,
  documents: Iterable<ManifestDocument>,
  context: ApplyContext,
): ApplyResult {
  const work = applyAsTheyCome(state, documents, context) ?? applySurveyed(state, documents, context);
  return work.result();
}

/** What others depend on, in this order. */
const firstKinds: readonly string[] = ["ServiceCIDR", "Namespace"];

/**
 * In one pass. Undefined where something stands behind what depends on it, and for a refusal: which one is told depends on
 * all documents, since a text that cannot be read comes before an object that cannot be taken.
 */
function applyAsTheyCome(
  state: ClusterState,
  documents: Iterable<ManifestDocument>,
  context: ApplyContext,
): Apply | undefined {
  const work = new Apply(state, context);
  let reached = 0;
  try {
    for (const document of documents) {
      const place = firstKinds.indexOf(document.kind);
      const rank = place < 0 ? firstKinds.length : place;
      if (rank < reached) return undefined;
      reached = rank;
      work.apply(document);
    }
  } catch {
    return undefined;
  }
  return work;
}

/** In two passes: the first finds what others depend on. */
function applySurveyed(state: ClusterState, documents: Iterable<ManifestDocument>, context: ApplyContext): Apply {
  const { first, custom, count } = survey(documents);
  const work = new Apply(state, context);
  for (const definition of custom) work.define(definition);
  for (const kind of firstKinds) for (const document of first) if (document.kind === kind) work.apply(document);
  let left = count;
  for (const document of documents) {
    left--;
    if (!firstKinds.includes(document.kind)) work.apply(document);
  }
  if (left !== 0) throw new ParseError(`the input changed while it was read: ${count} objects, then ${count - left}`);
  return work;
}

/** What must be known of documents before the first of them is applied. */
function survey(documents: Iterable<ManifestDocument>) {
  const first: ManifestDocument[] = [];
  const custom: ManifestDocument[] = [];
  let count = 0;
  for (const document of documents) {
    count++;
    if (firstKinds.includes(document.kind)) first.push(document);
    if (isDefinition(document)) custom.push(document);
  }
  return { first, custom, count };
}

function isDefinition({ kind }: ManifestDocument): boolean {
  return kind === "CustomResourceDefinition";
}

class Apply {
  #state: OpenState;
  readonly #context: ApplyContext;
  readonly #skipped = new SkippedKinds();
  readonly #changes: Change[] = [];
  readonly #warnings: Warning[] = [];
  readonly #deprecated = new Set<Kind>();
  readonly #specs = new KnownSpecs();
  /** The one that was stored last of each kind: objects that stand side by side are often alike. */
  readonly #last = new Map<Kind, ApiObject>();
  readonly #sources: (readonly [string, SourceOfObject])[] = [];
  /** The one that asks for the most Pods. */
  #largest: AppliedWorkload | undefined;

  constructor(state: ClusterState, context: ApplyContext) {
    this.#state = openState(state);
    this.#context = context;
  }

  /** Makes the kind known that a CustomResourceDefinition defines. */
  define(definition: ManifestDocument): void {
    this.#skipped.define(definition);
  }

  apply(document: ManifestDocument): void {
    if (isDefinition(document)) this.define(document);
    for (const { message, position } of document.warnings)
      this.#warnings.push({ message, object: undefined, position });
    const { kind, apiVersion } = document;
    if (isStoredKind(kind) && kinds[kind].apiVersion === apiVersion) this.#store(document, kind);
    else if (!isComponentConfig(apiVersion)) this.#skipped.skip(document);
  }

  result(): ApplyResult {
    if (this.#largest !== undefined) checkPodCount(this.#state, [this.#largest]);
    if (this.#sources.length > 0) this.#state.sources = this.#state.sources.setAll(this.#sources);
    return {
      state: closedState(this.#state),
      changes: this.#changes,
      warnings: [...this.#warnings, ...this.#skipped.warnings()],
    };
  }

  #store(document: ManifestDocument, kind: Kind): void {
    const spec = this.#specs.find(kind, document.object);
    const isKnown = spec !== undefined;
    const draft = decodeDocument(document, kind, spec);
    this.#deprecate(kind, document);
    this.#boot(draft);
    this.#admit(draft, document);
    const key = objectKey(draft as ApiObject);
    const before = this.#state.tables[kind].get(key);
    const object = this.#accept(document, draft, before, isKnown);
    const warnings = kindRules[kind].warnings?.(object as never, before as never, isKnown) ?? [];
    for (const { message, field } of warnings) {
      const position = document.positionOf(stepsOf(field));
      this.#warnings.push({ message, object: objectTitle(kind, key), position });
    }
    this.#sources.push([objectTitle(kind, key), document.place]);
    if (before !== undefined && sameObject(object, before)) return;
    if (object.kind === "Deployment" || object.kind === "ReplicaSet" || object.kind === "StatefulSet") {
      if (this.#largest === undefined || replicasOf({ object }) > replicasOf(this.#largest))
        this.#largest = { object, document };
    }
    const stored = this.#write(object);
    if (!isKnown && warnings.length === 0 && before === undefined) this.#specs.remember(kind, document.object, stored);
  }

  /** Defaults, allocates and validates; what comes out is ready to be stored. */
  #accept(
    document: ManifestDocument,
    draft: Draft<ApiObject>,
    before: ApiObject | undefined,
    isKnown: boolean,
  ): ApiObject {
    const object = draft as ApiObject;
    try {
      setDefaults(draft);
      keepSystemFields(draft, before);
      keepRevisions(draft, before);
      return acceptObject(this.#state, draft, before, { random: this.#context.random, dryRun: false, isKnown });
    } catch (reason) {
      if (reason instanceof Refusal) throw refusedBy(reason, document, object);
      throw reason instanceof StatusError ? placed(reason, document) : reason;
    }
  }

  /** Once an apply, as kubectl shows the same warning once. */
  #deprecate(kind: Kind, document: ManifestDocument): void {
    const message = kinds[kind].deprecated;
    if (message === undefined || this.#deprecated.has(kind)) return;
    this.#deprecated.add(kind);
    this.#warnings.push({ message, object: undefined, position: document.positionOf(["kind"]) });
  }

  #boot(draft: Draft<ApiObject>): void {
    if (draft.kind !== "ServiceCIDR" || draft.metadata.name !== "kubernetes") return;
    // A manifest does not say what its controller adds.
    draft.metadata.finalizers ??= [serviceCidrFinalizer];
    const booted = bootWithServiceCIDR(this.#state, draft as ApiObject);
    if (booted === undefined) return;
    this.#state = openState(booted.state);
    this.#changes.push(...booted.changes);
  }

  #admit(draft: Draft<ApiObject>, document: ManifestDocument): void {
    const namespace = admitNamespace(this.#state, draft);
    if (namespace === undefined) return;
    this.#warnings.push({
      message: `namespace ${JSON.stringify(namespace.metadata.name)} is not there; it has been created`,
      object: objectTitle(draft.kind, objectKey(draft as ApiObject)),
      position: document.positionOf(["metadata", "namespace"] satisfies FieldPath),
    });
    this.#write(namespace);
  }

  #write(object: ApiObject): ApiObject {
    const change = putInto(this.#state, object, this.#context.clock, this.#last.get(object.kind));
    const stored = change.after!;
    this.#last.set(object.kind, stored);
    this.#changes.push(change);
    return stored;
  }
}

/** What the Deployment controller notes on its objects stays: kubectl apply takes away only what it gave. */
function keepRevisions(draft: Draft<ApiObject>, before: ApiObject | undefined): void {
  const notes = Object.entries(before?.metadata.annotations ?? {}).filter(([key]) =>
    key.startsWith("deployment.kubernetes.io/"),
  );
  if (notes.length > 0) draft.metadata.annotations = { ...Object.fromEntries(notes), ...draft.metadata.annotations };
}

function refusedBy(refusal: Refusal, document: ManifestDocument, object: ApiObject): Error {
  const position = document.positionOf(writtenField(document.object, stepsOf(refusal.errors[0]!.field)));
  const hint = hintFor(refusal.errors);
  return invalidObject(kinds[object.kind].qualified, object.metadata.name ?? "", refusal.errors, {
    position,
    ...(hint === undefined ? {} : { hint }),
  });
}

/** An answer about the whole object is shown where the object has its name. */
function placed(error: StatusError, document: ManifestDocument): StatusError {
  if (error.position !== undefined) return error;
  const { causes, hint } = error;
  const position = document.positionOf(["metadata", "name"] satisfies FieldPath);
  return new StatusError(error.reason, error.message, { causes, position, ...(hint === undefined ? {} : { hint }) });
}

function hintFor(errors: readonly FieldError[]): string | undefined {
  const texts = errors.map((error) => error.message).join(" ");
  if (texts.includes("does not match the current range")) {
    return "add the cluster's own ranges: kubectl get servicecidr -o yaml";
  }
  if (texts.includes("already allocated")) return "leave it out to have a free one, or choose another";
  return undefined;
}
