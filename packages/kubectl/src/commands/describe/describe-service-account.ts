import type { ObjectMeta } from "@kubenetsim/core/model/object-meta";
import type { Describer } from "./describer.ts";

interface ServiceAccount {
  readonly metadata: ObjectMeta;
  readonly imagePullSecrets?: readonly { readonly name?: string }[];
}

/** kubectl pkg/describe, describeServiceAccount. */
export const describeServiceAccount: Describer<ServiceAccount> = ({ metadata, imagePullSecrets = [] }, writer) => {
  const title = "Image pull secrets:";
  writer.line(`Name:\t${metadata.name}`);
  writer.line(`Namespace:\t${metadata.namespace}`);
  writer.labels("Labels", metadata.labels);
  writer.annotations("Annotations", metadata.annotations);
  if (imagePullSecrets.length === 0) writer.line(`${title}\t<none>`);
  for (const [i, { name = "" }] of imagePullSecrets.entries()) {
    writer.line(`${i === 0 ? title : " ".repeat(title.length)}\t${name}`);
  }
};
