import { base64OfBytes } from "../../runtime/base64.ts";
import type { FieldPath, Plain, PlainObject } from "../manifest/manifest-document.ts";
import { setField } from "../own-field.ts";
import { type FieldType, goName, structType } from "./field-type.ts";
import { parseQuantity, QuantityProblem, quantityText } from "./quantity.ts";
import { illegalBase64At, timeLayouts } from "./special-values.ts";

/** Something in a document that the API server's decoder refuses. */
export interface DecodeProblem {
  readonly message: string;
  readonly path: FieldPath;
}

export interface WrongType extends DecodeProblem {
  /** Undefined for a value of the right type whose text is wrong. */
  readonly expected: FieldType["kind"] | undefined;
}

export interface Decoded {
  /** A fresh copy, free to be changed: nulls and zeros that stand for nothing are left out, empty lists and maps stay. */
  readonly object: PlainObject;
  /** The first value of a wrong type; nothing else counts then. */
  readonly wrongType: WrongType | undefined;
  readonly unknownFields: readonly (DecodeProblem & { readonly candidates: readonly string[] })[];
}

const noLiterals: ReadonlyMap<string, string> = new Map();

/**
 * Decodes a value as Go's JSON decoder (sigs.k8s.io/json, strict) reads it into the struct `id` of the field table.
 *
 * @param literals how numbers are written that Go takes for no integers, by path: `8e1`
 */
export function decodeObject(
  value: PlainObject,
  id: string,
  literals: ReadonlyMap<string, string> = noLiterals,
): Decoded {
  const decoder = new Decoder(literals);
  const object = decoder.decode(value, structType(id), "", "") as PlainObject;
  return { object, wrongType: decoder.wrongType, unknownFields: decoder.unknownFields };
}

/** The same for a value of one type; messages name no field then. */
export function decodeValue(
  value: Plain,
  type: FieldType,
): { value: Plain | undefined; wrongType: WrongType | undefined } {
  const decoder = new Decoder(noLiterals);
  const decoded = decoder.decode(value, type, "", "");
  return { value: decoded, wrongType: decoder.wrongType };
}

class Decoder {
  wrongType: WrongType | undefined;
  readonly unknownFields: (DecodeProblem & { candidates: readonly string[] })[] = [];
  readonly #path: (string | number)[] = [];
  readonly #literals: ReadonlyMap<string, string>;

  constructor(literals: ReadonlyMap<string, string>) {
    this.#literals = literals;
  }

  /** `struct` and `field` are what Go names in messages: the innermost struct and the fields from the root to here. */
  decode(value: Plain, type: FieldType, struct: string, field: string): Plain | undefined {
    if (value === null) return undefined;
    switch (type.kind) {
      case "struct":
        return this.#struct(value, type, struct, field);
      case "list":
        return this.#list(value, type, struct, field);
      case "map":
        return this.#map(value, type, struct, field);
      default:
        return this.#scalar(value, type, struct, field);
    }
  }

  #struct(value: Plain, type: FieldType & { kind: "struct" }, struct: string, field: string): Plain | undefined {
    if (!isObject(value)) return this.#wrong(value, type, struct, field);
    const result: Record<string, Plain> = {};
    for (const key of Object.keys(value)) {
      const known = type.fields.get(key);
      this.#path.push(key);
      if (known === undefined) {
        this.#unknown(type);
      } else {
        const step = known.embedded + key;
        const inner = this.decode(value[key]!, known.type, type.name, field === "" ? step : `${field}.${step}`);
        if (inner !== undefined && !(known.omitsZero && isZero(inner, known.type))) result[key] = inner;
      }
      this.#path.pop();
    }
    return result;
  }

  #list(value: Plain, type: FieldType & { kind: "list" }, struct: string, field: string): Plain | undefined {
    if (!Array.isArray(value)) return this.#wrong(value, type, struct, field);
    // An array that grows item by item has room for sixteen more, for as long as the object is kept.
    return value.map((given, i) => {
      this.#path.push(i);
      const item = this.decode(given as Plain, type.element, struct, field);
      this.#path.pop();
      return item ?? zeroOf(type.element);
    });
  }

  #map(value: Plain, type: FieldType & { kind: "map" }, struct: string, field: string): Plain | undefined {
    if (!isObject(value)) return this.#wrong(value, type, struct, field);
    const result: Record<string, Plain> = {};
    for (const key of Object.keys(value)) {
      this.#path.push(key);
      setField(result, key, this.decode(value[key]!, type.element, struct, field) ?? zeroOf(type.element));
      this.#path.pop();
    }
    return result;
  }

  #scalar(value: Plain, type: FieldType, struct: string, field: string): Plain | undefined {
    switch (type.kind) {
      case "bytes":
        return this.#bytes(value, type, struct, field);
      case "string":
        return typeof value === "string" ? value : this.#wrong(value, type, struct, field);
      case "bool":
        return typeof value === "boolean" ? value : this.#wrong(value, type, struct, field);
      case "int32":
        return this.#isInteger(value, 2 ** 31) ? value : this.#wrong(value, type, struct, field);
      case "int64":
        return this.#isInteger(value, 2 ** 53) ? value : this.#wrong(value, type, struct, field);
      case "float64":
        return typeof value === "number" ? value : this.#wrong(value, type, struct, field);
      case "IntOrString":
        return this.#intOrString(value, type, struct, field);
      case "Quantity":
        return this.#quantity(value);
      case "Time":
      case "MicroTime":
        return this.#time(value, { kind: type.kind, name: type.name }, struct, field);
      default:
        return copyOf(value);
    }
  }

  /** What is no string is taken for a number. */
  #intOrString(value: Plain, type: FieldType, struct: string, field: string): Plain | undefined {
    if (typeof value === "string" || this.#isInteger(value, 2 ** 31)) return value;
    return this.#wrong(value, { kind: "int32", name: "int32" }, struct, field === "" ? type.name : field);
  }

  #bytes(value: Plain, type: FieldType, struct: string, field: string): Plain | undefined {
    if (Array.isArray(value)) return this.#byteList(value, struct, field);
    if (typeof value !== "string") return this.#wrong(value, type, struct, field);
    const wrong = illegalBase64At(value);
    return wrong === undefined ? value : this.#refuse(`illegal base64 data at input byte ${wrong}`);
  }

  /** Bytes can be written as numbers, too. */
  #byteList(values: readonly Plain[], struct: string, field: string): Plain | undefined {
    for (const value of values) {
      if (isInteger(value, 256) && value >= 0) continue;
      return this.#wrong(value, { kind: "int32", name: "uint8" }, struct, field);
    }
    return base64OfBytes(values as readonly number[]);
  }

  /** An amount has one text, whichever it was written in. */
  #quantity(value: Plain): Plain | undefined {
    try {
      if (typeof value === "string") return quantityText(parseQuantity(value.trim()));
      return quantityText(parseQuantity(isNumber(value) ? (this.#literal() ?? String(value)) : JSON.stringify(value)));
    } catch (problem) {
      if (problem instanceof QuantityProblem) return this.#refuse(problem.message);
      throw problem;
    }
  }

  #time(
    value: Plain,
    type: { readonly kind: "Time" | "MicroTime"; readonly name: string },
    struct: string,
    field: string,
  ): Plain | undefined {
    if (typeof value !== "string") {
      return this.#wrong(value, { kind: "string", name: "string" }, struct, field === "" ? type.name : field);
    }
    const { layout, takes } = timeLayouts[type.kind];
    if (takes(value)) return value;
    return this.#refuse(
      `parsing time ${JSON.stringify(value)} as ${JSON.stringify(layout)}: cannot parse ${JSON.stringify(value)} as "2006"`,
    );
  }

  #wrong(value: Plain, type: FieldType, struct: string, field: string): undefined {
    const target = struct === "" ? "Go value" : `Go struct field ${struct}.${field}`;
    this.#refuse(
      `json: cannot unmarshal ${jsonKind(this.#literal() ?? value, value, type.kind)} into ${target} of type ${goName(type)}`,
      type.kind,
    );
  }

  #isInteger(value: Plain, bound: number): value is number {
    return isInteger(value, bound) && this.#literal() === undefined;
  }

  #literal(): string | undefined {
    return this.#literals.size === 0 ? undefined : this.#literals.get(formatPath(this.#path));
  }

  #refuse(message: string, expected?: FieldType["kind"]): undefined {
    this.wrongType ??= { message, path: [...this.#path], expected };
  }

  #unknown(type: FieldType & { kind: "struct" }): void {
    this.unknownFields.push({
      message: `unknown field ${JSON.stringify(formatPath(this.#path))}`,
      path: [...this.#path],
      candidates: [...type.fields.keys()],
    });
  }
}

/** `spec.ports[0].name`. */
export function formatPath(path: FieldPath): string {
  return path.reduce<string>(
    (text, step) => (typeof step === "number" ? `${text}[${step}]` : text === "" ? step : `${text}.${step}`),
    "",
  );
}

/** What Go calls the JSON value in a message; a number that does not fit is spelled out. */
function jsonKind(written: Plain, value: Plain, target: string): string {
  if (Array.isArray(value)) return "array";
  if (typeof value === "object") return "object";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "string") return "string";
  return /^(int|float)/.test(target) ? `number ${written}` : "number";
}

function isNumber(value: Plain): value is number | bigint {
  return typeof value === "number" || typeof value === "bigint";
}

function isObject(value: Plain): value is PlainObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isInteger(value: Plain, bound: number): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= -bound && value < bound;
}

function isZero(value: Plain, type: FieldType): boolean {
  switch (type.kind) {
    case "list":
    case "map":
    case "struct":
    case "IntOrString":
      return false;
    default:
      return value === "" || value === 0 || value === false;
  }
}

function zeroOf(type: FieldType): Plain {
  switch (type.kind) {
    case "list":
      return [];
    case "struct":
    case "map":
      return {};
    case "bool":
      return false;
    case "int32":
    case "int64":
    case "float64":
    case "IntOrString":
      return 0;
    case "Quantity":
      return "0";
    default:
      return "";
  }
}

function copyOf(value: Plain): Plain {
  if (Array.isArray(value)) return value.map(copyOf);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, copyOf(inner)]));
}
