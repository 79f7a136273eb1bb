import type { PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { labelValueErrors, qualified } from "@kubenetsim/core/apiserver/validate/names";
import { failure } from "../../command-error.ts";

export interface Taint extends PlainObject {
  readonly key: string;
  readonly value?: string;
  readonly effect: string;
}

export interface Taints {
  readonly added: readonly Taint[];
  /** An empty effect stands for all of them. */
  readonly removed: readonly Taint[];
}

const effects = ["NoSchedule", "PreferNoSchedule", "NoExecute"];

/** `KEY=VALUE:EFFECT`, `KEY:EFFECT`, and with `-` behind it what is to go (pkg/cmd/taint/utils.go). @throws CommandError */
export function readTaints(words: readonly string[]): Taints {
  const added: Taint[] = [];
  const removed: Taint[] = [];
  for (const word of words) {
    if (word.endsWith("-")) {
      const { key, effect } = readTaint(word.slice(0, -1));
      removed.push({ key, effect });
      continue;
    }
    const taint = readTaint(word);
    if (taint.effect === "") throw failure(`invalid taint spec: ${word}`);
    if (added.some((one) => isSameTaint(one, taint))) {
      throw failure(
        `duplicated taints with the same key and effect: {${taint.key} ${taint.value ?? ""} ${taint.effect} <nil>}`,
      );
    }
    added.push(taint);
  }
  return { added, removed };
}

function readTaint(text: string): Taint {
  const wrong = (why = ""): Error => failure(`invalid taint spec: ${text}${why}`);
  const [pair = "", effect, ...more] = text.split(":");
  if (more.length > 0) throw wrong();
  if (effect !== undefined && !effects.includes(effect)) {
    throw failure(`invalid taint effect: ${effect}, unsupported taint effect`);
  }
  const [key = "", value, ...others] = effect === undefined ? [pair] : pair.split("=");
  if (others.length > 0) throw wrong();
  const complaints = value === undefined ? [] : labelValueErrors(value);
  if (complaints.length > 0) throw wrong(`, ${complaints.join("; ")}`);
  const keyComplaints = qualified(key);
  if (keyComplaints.length > 0) throw wrong(`, ${keyComplaints.join("; ")}`);
  return { key, ...(value === undefined || value === "" ? {} : { value }), effect: effect ?? "" };
}

export function isSameTaint(a: Taint, b: Taint): boolean {
  return a.key === b.key && a.effect === b.effect;
}

/** As messages say it (k8s.io/api, Taint.ToString). */
export function taintText({ key, value = "", effect }: Taint): string {
  if (effect === "") return value === "" ? key : `${key}=${value}:`;
  return value === "" ? `${key}:${effect}` : `${key}=${value}:${effect}`;
}
