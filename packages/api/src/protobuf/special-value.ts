import { BinaryReader } from "@bufbuild/protobuf/wire";
import type { Plain } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { parseRfc3339 } from "@kubenetsim/core/apiserver/table/rfc3339";
import { epoch } from "@kubenetsim/core/runtime/clock";
import { timestampOf } from "@kubenetsim/core/runtime/timestamp";

type Special = "Quantity" | "IntOrString" | "Time" | "MicroTime" | "JSON";

/** A message that JSON writes as one value: a quantity's text, a number or a text, an instant, JSON within. */
export function specialValue(bytes: Uint8Array, kind: Special): Plain {
  const [one, two, three] = valuesOf(bytes);
  switch (kind) {
    case "Quantity":
      return text(one);
    case "IntOrString":
      return one === 1n ? text(three) : Number(BigInt.asIntN(32, integer(two)));
    case "JSON":
      return one === undefined ? null : (JSON.parse(text(one)) as Plain);
    default:
      return bytes.length === 0 ? null : instant(integer(one), integer(two), kind === "MicroTime");
  }
}

/** Bytes as JSON has them: base64. */
export function bytesText(bytes: Uint8Array): string {
  let characters = "";
  for (const byte of bytes) characters += String.fromCharCode(byte);
  return btoa(characters);
}

type Raw = bigint | Uint8Array | undefined;

/** Fields 1 to 3, as they stand. */
function valuesOf(bytes: Uint8Array): Raw[] {
  const reader = new BinaryReader(bytes);
  const values: Raw[] = [];
  while (reader.pos < reader.len) {
    const [number, wire] = reader.tag();
    if (number > 3 || (wire !== 0 && wire !== 2)) reader.skip(wire, number);
    else values[number - 1] = wire === 0 ? BigInt(reader.int64()) : reader.bytes();
  }
  return values;
}

function text(value: Raw): string {
  return value instanceof Uint8Array ? new TextDecoder().decode(value) : "";
}

function integer(value: Raw): bigint {
  return typeof value === "bigint" ? value : 0n;
}

/** RFC 3339 in UTC, from seconds since 1970 and nanoseconds. */
function instant(seconds: bigint, nanos: bigint, micro: boolean): string {
  const whole = timestampOf((Number(seconds) - parseRfc3339(epoch)!) * 1000);
  return micro ? whole.replace("Z", `.${String(nanos / 1000n).padStart(6, "0")}Z`) : whole;
}
