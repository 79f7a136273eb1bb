import { failure } from "../command-error.ts";

/** `svc web a=b c-`: what is to be changed, and `KEY=VALUE` or `KEY-` behind it. */
export interface ResourcesAndPairs {
  readonly resources: readonly string[];
  readonly pairs: readonly string[];
}

/** @throws CommandError in the words of cmdutil.GetResourcesAndPairs */
export function readResourcesAndPairs(args: readonly string[], what: string): ResourcesAndPairs {
  const isPair = (word: string): boolean => word.indexOf("=") > 0 || (word.endsWith("-") && word !== "-");
  const first = args.findIndex(isPair);
  if (first < 0) return { resources: args, pairs: [] };
  const late = args.slice(first).find((word) => !isPair(word));
  if (late !== undefined) throw failure(`all resources must be specified before ${what} changes: ${late}`);
  return { resources: args.slice(0, first), pairs: args.slice(first) };
}
