import { StatusError } from "../runtime/errors.ts";
import type { Warning } from "./apply-warning.ts";
import { consequenceOfSkipping, isStoredKind, kinds } from "./decode/kinds.ts";
import type { ManifestDocument, PlainObject } from "./manifest/manifest-document.ts";
import { nearestWord } from "./nearest-word.ts";

/** Documents that are passed over; each of their kinds gives one warning. */
export class SkippedKinds {
  /** As `group kind`. */
  readonly #custom = new Set<string>();
  readonly #skipped = new Map<string, { first: ManifestDocument; count: number }>();

  /** The kind that a CustomResourceDefinition defines is known from now on. */
  define({ object }: ManifestDocument): void {
    const spec = object.spec as PlainObject | undefined;
    const names = spec?.names as PlainObject | undefined;
    if (typeof names?.kind === "string" && typeof spec?.group === "string")
      this.#custom.add(`${spec.group} ${names.kind}`);
  }

  /** @throws StatusError for a kind that no Kubernetes cluster has. */
  skip(document: ManifestDocument): void {
    const { kind, apiVersion } = document;
    const isCustom = this.#custom.has(`${apiVersion.slice(0, Math.max(apiVersion.indexOf("/"), 0))} ${kind}`);
    if (!isCustom && (consequenceOfSkipping(kind) === undefined || isStoredKind(kind))) throw noMatch(document);
    const known = this.#skipped.get(kind);
    if (known === undefined) this.#skipped.set(kind, { first: document, count: 1 });
    else known.count++;
  }

  warnings(): Warning[] {
    return [...this.#skipped].map(([kind, { first, count }]) => {
      const consequence = consequenceOfSkipping(kind);
      const skipped = `${count} ${count === 1 ? "object" : "objects"} skipped`;
      return {
        message: `${kind} is not modelled: ${consequence ? `${consequence} (${skipped})` : skipped}`,
        object: undefined,
        position: first.positionOf(["kind"]),
      };
    });
  }
}

function noMatch(document: ManifestDocument): StatusError {
  const { kind, apiVersion } = document;
  const near = isStoredKind(kind) ? kind : nearestWord(kind, Object.keys(kinds));
  const hint = isStoredKind(kind)
    ? `write apiVersion: ${kinds[kind].apiVersion}`
    : `${near === undefined ? "" : `did you mean ${near}? `}modelled are ${Object.keys(kinds).sort().join(", ")}`;
  return new StatusError(
    "NotFound",
    `no matches for kind ${JSON.stringify(kind)} in version ${JSON.stringify(apiVersion)}`,
    { position: document.positionOf(isStoredKind(kind) ? ["apiVersion"] : ["kind"]), hint },
  );
}
