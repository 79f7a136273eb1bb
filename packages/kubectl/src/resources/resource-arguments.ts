import { failure } from "../command-error.ts";

/** The words of a command line that name what it works on; what they mean is not looked at yet. */
export interface ResourceArguments {
  /** `svc/web`. */
  readonly tuples: readonly { readonly word: string; readonly name: string }[];
  readonly types: readonly string[];
  readonly names: readonly string[];
}

/**
 * Reads `svc`, `svc,pods`, `svc web db`, `svc,pods web`, `svc/web pod/a` (cli-runtime, resource.Builder.ResourceTypeOrNameArgs).
 *
 * @throws CommandError
 */
export function readResourceArguments(given: readonly string[]): ResourceArguments {
  const args = spreadTypes(given);
  const withSlash = args.filter((arg) => arg.includes("/"));
  if (withSlash.length > 0 && withSlash.length < args.length) {
    throw failure(
      "there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'",
    );
  }
  if (withSlash.length > 0) return { tuples: args.map(readTuple), types: [], names: [] };
  const [first, ...names] = args;
  return { tuples: [], types: first === undefined ? [] : unique(first.split(",")), names };
}

/** Several types with names stand for each type with each name. */
function spreadTypes(args: readonly string[]): readonly string[] {
  const [first, ...names] = args;
  if (first === undefined || names.length === 0) return args;
  const words = unique(first.split(","));
  return words.length > 1 ? words.flatMap((word) => names.map((name) => `${word}/${name}`)) : args;
}

function readTuple(arg: string): ResourceArguments["tuples"][number] {
  const [word = "", name = "", ...more] = arg.split("/");
  if (more.length > 0) throw failure("arguments in resource/name form may not have more than one slash");
  if (word === "" || name === "" || word.includes(",")) {
    throw failure("arguments in resource/name form must have a single resource and name");
  }
  return { word, name };
}

function unique(words: readonly string[]): string[] {
  return [...new Set(words)];
}
