import { setField } from "@kubenetsim/core/apiserver/own-field";
import { failure } from "../command-error.ts";

/** `a=b,c=d` of a flag as labels (pkg/cmd/run, parseLabels). @throws CommandError */
export function readLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  if (text === "") return labels;
  for (const pair of text.split(",")) {
    const parts = pair.split("=");
    if (parts.length !== 2) throw failure(`unexpected label spec: ${pair}`);
    if (parts[0] === "") throw failure("unexpected empty label key");
    setField(labels, parts[0]!, parts[1]!);
  }
  return labels;
}
