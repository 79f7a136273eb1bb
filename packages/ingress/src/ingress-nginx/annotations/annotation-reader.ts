import type { Ingress } from "@kubenetsim/core/model/ingress";
import type { ControllerLog } from "../../controller-log.ts";
import { AnnotationProblem } from "./annotation-problem.ts";
import { parseBoolean, parseInteger, type ValueCheck } from "./value-checks.ts";

/** `--annotations-prefix`. */
export const annotationsPrefix = "nginx.ingress.kubernetes.io";

const missing = new AnnotationProblem("missing", "ingress rule without annotations");

/** How much harm a value can do; what is above the `annotations-risk-level` of the configuration drops the Ingress. */
export const riskLevels = ["Low", "Medium", "High", "Critical"] as const;
export type Risk = (typeof riskLevels)[number];

export interface AnnotationField {
  readonly check: ValueCheck;
  readonly risk: Risk;
  /** Other names, read where the annotation itself is empty. */
  readonly aliases?: readonly string[];
}

/** The annotations of one group, by their names without the prefix. */
export type AnnotationFields = Readonly<Record<string, AnnotationField>>;

/** Reads the annotations of one Ingress (internal/ingress/annotations/parser). */
export class AnnotationReader {
  readonly ingress: Ingress;
  readonly log: ControllerLog;
  readonly #fields: AnnotationFields;

  constructor(ingress: Ingress, fields: AnnotationFields, log: ControllerLog) {
    this.ingress = ingress;
    this.log = log;
    this.#fields = fields;
  }

  /** `GetStringAnnotation`: lines without the spaces around them; an empty text is none. */
  text(name: string): string | AnnotationProblem {
    return this.#read(name, (value) => {
      const lines = value.split("\n").map((line) => line.trim());
      return lines.join("\n") || undefined;
    });
  }

  /** `GetBoolAnnotation`. */
  boolean(name: string): boolean | AnnotationProblem {
    return this.#read(name, parseBoolean);
  }

  /** `GetIntAnnotation`. */
  integer(name: string): number | AnnotationProblem {
    return this.#read(name, parseInteger);
  }

  #read<T>(name: string, parse: (value: string) => T | undefined): T | AnnotationProblem {
    const { metadata } = this.ingress;
    const found = this.#find(name);
    if (found === undefined) return missing;
    const { fullName, value } = found;
    if (value !== "" && !this.#fields[name]!.check(value)) {
      const ingress = `${metadata.namespace ?? ""}/${metadata.name}`;
      const text = `validation error on ingress ${ingress}: annotation ${name} contains invalid value ${value}`;
      this.log.warn("validators.go:244", text);
      return new AnnotationProblem("validation", `annotation ${fullName} contains invalid value`);
    }
    const read = parse(value);
    if (read !== undefined) return read;
    const text = `the annotation ${fullName} does not contain a valid value (${value})`;
    return new AnnotationProblem("content", text);
  }

  /** The annotation, or where it is empty the first alias that is not. */
  #find(name: string): { fullName: string; value: string } | undefined {
    const { annotations } = this.ingress.metadata;
    if (annotations === undefined) return undefined;
    const names = fullNames(name, this.#fields[name]!.aliases);
    const fullName = names.find((each) => (annotations[each] ?? "") !== "") ?? names[0]!;
    const value = annotations[fullName];
    return value === undefined ? undefined : { fullName, value };
  }
}

const knownNames = new Map<string, readonly string[]>();

/** With the prefix; every Ingress is asked for all of them. */
function fullNames(name: string, aliases: readonly string[] = []): readonly string[] {
  let names = knownNames.get(name);
  if (names === undefined) {
    names = [name, ...aliases].map((each) => `${annotationsPrefix}/${each}`);
    knownNames.set(name, names);
  }
  return names;
}
