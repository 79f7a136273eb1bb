import type { ObjectMeta } from "@kubenetsim/core/model/object-meta";
import type { Describer } from "./describer.ts";

interface Data {
  readonly metadata: ObjectMeta;
  readonly type?: string;
  readonly data?: Readonly<Record<string, string>>;
  readonly binaryData?: Readonly<Record<string, string>>;
}

/** kubectl pkg/describe, ConfigMapDescriber. */
export const describeConfigMap: Describer<Data> = ({ metadata, data = {}, binaryData = {} }, writer) => {
  writer.line(`Name:\t${metadata.name}`);
  writer.line(`Namespace:\t${metadata.namespace}`);
  writer.labels("Labels", metadata.labels);
  writer.annotations("Annotations", metadata.annotations);
  writer.line("\nData\n====");
  for (const key of Object.keys(data).sort()) writer.line(`${key}:\n----\n${data[key]!}\n`);
  writer.line("\nBinaryData\n====");
  for (const key of Object.keys(binaryData).sort()) writer.line(`${key}: ${byteLength(binaryData[key]!)} bytes`);
  writer.line("");
};

/** kubectl pkg/describe, describeSecret: what is secret is not shown. */
export const describeSecret: Describer<Data> = ({ metadata, type = "", data = {} }, writer) => {
  writer.line(`Name:\t${metadata.name}`);
  writer.line(`Namespace:\t${metadata.namespace}`);
  writer.labels("Labels", metadata.labels);
  writer.annotations("Annotations", metadata.annotations);
  writer.line(`\nType:\t${type}`);
  writer.line("\nData\n====");
  for (const key of Object.keys(data).sort()) writer.line(`${key}:\t${byteLength(data[key]!)} bytes`);
};

/** Of what base64 stands for. */
function byteLength(base64: string): number {
  return Math.floor((base64.replace(/[=\r\n]/g, "").length * 3) / 4);
}
