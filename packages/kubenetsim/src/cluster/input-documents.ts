import type { ManifestDocument } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { readManifests, streamManifests } from "@kubenetsim/core/apiserver/manifest/read-manifests";
import { isKubeProxyConfig } from "@kubenetsim/proxy/config/read-config";
import type { InputText } from "./control-plane.ts";

/** The documents of texts, as often as they are gone through. Those of a stream are read again each time, and not kept. */
export class InputDocuments implements Iterable<ManifestDocument> {
  /** Those that configure kube-proxy, once all have been gone through. */
  configs: readonly ManifestDocument[] = [];
  readonly #parts: readonly (() => Iterable<ManifestDocument>)[];

  /** @throws ParseError for a whole text that cannot be read; TypeError for what is no text */
  constructor(texts: readonly InputText[]) {
    this.#parts = texts.map(partOf);
  }

  *[Symbol.iterator](): Generator<ManifestDocument> {
    const configs: ManifestDocument[] = [];
    for (const part of this.#parts) {
      for (const document of part()) {
        if (isKubeProxyConfig(document)) configs.push(document);
        yield document;
      }
    }
    this.configs = configs;
  }
}

function partOf(input: InputText): () => Iterable<ManifestDocument> {
  if ("chunks" in input && typeof input.chunks === "function") return () => streamManifests(input);
  const { text, source } = input as { readonly text: string; readonly source: string };
  if (typeof text !== "string") throw new TypeError("apply takes YAML or JSON as a string; JSON.stringify an object");
  const documents = readManifests(text, source);
  return () => documents;
}
