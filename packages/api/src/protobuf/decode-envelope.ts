import { BinaryReader } from "@bufbuild/protobuf/wire";
import type { PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { decodeMessage } from "./decode-message.ts";
import { messageType } from "./message-type.ts";

/** `k8s` and a zero. */
const prefix: readonly number[] = [0x6b, 0x38, 0x73, 0x00];

/**
 * The body of a request of content type `application/vnd.kubernetes.protobuf`: a `runtime.Unknown` behind four bytes
 * (apimachinery pkg/runtime/serializer/protobuf). Clients written in Go send what they create and replace that way.
 *
 * @throws Error, worded as the API server words it, for bytes that are none, or a kind that is not modelled
 */
export function decodeEnvelope(bytes: Uint8Array): PlainObject {
  if (prefix.some((byte, i) => bytes[i] !== byte)) {
    throw new Error("provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]");
  }
  const { apiVersion, kind, raw } = readUnknown(bytes.subarray(prefix.length));
  const id = messageId(apiVersion, kind);
  if (messageType(id) === undefined) throw new Error(`no kind "${kind}" is registered for version "${apiVersion}"`);
  return { kind, apiVersion, ...decodeMessage(raw, id) };
}

interface Unknown {
  readonly apiVersion: string;
  readonly kind: string;
  readonly raw: Uint8Array;
}

function readUnknown(bytes: Uint8Array): Unknown {
  const reader = new BinaryReader(bytes);
  let type: { apiVersion: string; kind: string } = { apiVersion: "", kind: "" };
  let raw: Uint8Array = new Uint8Array();
  while (reader.pos < reader.len) {
    const [number, wire] = reader.tag();
    if (number === 1) type = readTypeMeta(reader.bytes());
    else if (number === 2) raw = reader.bytes();
    else reader.skip(wire, number);
  }
  return { ...type, raw };
}

function readTypeMeta(bytes: Uint8Array): { apiVersion: string; kind: string } {
  const reader = new BinaryReader(bytes);
  const type = { apiVersion: "", kind: "" };
  while (reader.pos < reader.len) {
    const [number, wire] = reader.tag();
    if (number === 1) type.apiVersion = reader.string();
    else if (number === 2) type.kind = reader.string();
    else reader.skip(wire, number);
  }
  return type;
}

/** The message of a kind in the table: `apps/v1.Deployment`, `networking/v1.Ingress`. */
function messageId(apiVersion: string, kind: string): string {
  if (kind === "DeleteOptions") return "meta/v1.DeleteOptions";
  const [group, version] = apiVersion.includes("/") ? apiVersion.split("/") : ["core", apiVersion];
  return `${group!.split(".", 1)[0]}/${version}.${kind}`;
}
