import { failure } from "../command-error.ts";
import { type ResourceType, resourceType, resourceTypes } from "./resource-type.ts";

/** What the arguments of a command name: whole types, or objects of them. */
export interface ResourceArguments {
  readonly types: readonly ResourceType[];
  /** Undefined where whole collections are meant. */
  readonly objects: readonly NamedResource[] | undefined;
}

export interface NamedResource {
  readonly type: ResourceType;
  readonly name: string;
}

/**
 * Reads `svc`, `svc,pods`, `svc web db`, `svc,pods web`, `svc/web pod/a` (cli-runtime, resource.Builder.ResourceTypeOrNameArgs).
 *
 * @throws CommandError
 */
export function readResourceArguments(given: readonly string[]): ResourceArguments {
  const args = asPairs(given);
  if (args.some((arg) => arg.includes("/"))) return readPairs(args);
  const [words = "", ...names] = args;
  const all = words.split(",").flatMap(resourceTypes);
  const types = all.filter((type, i) => all.indexOf(type) === i);
  if (names.length === 0) return { types, objects: undefined };
  if (types.length > 1) throw failure("you must specify only one resource");
  return { types, objects: names.map((name) => ({ type: types[0]!, name })) };
}

/** Several types with names are every one of these names in every type. */
function asPairs(args: readonly string[]): readonly string[] {
  const types = (args[0] ?? "").split(",");
  if (args.length < 2 || types.length < 2) return args;
  return types.flatMap((type) => args.slice(1).map((name) => `${type}/${name}`));
}

function readPairs(args: readonly string[]): ResourceArguments {
  if (!args.every((arg) => arg.includes("/"))) {
    throw failure(
      "there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'",
    );
  }
  const pairs = args.map((arg) => {
    const [word = "", name = "", ...more] = arg.split("/");
    if (more.length > 0) throw failure("arguments in resource/name form may not have more than one slash");
    if (word === "" || name === "" || word.includes(",")) {
      throw failure("arguments in resource/name form must have a single resource and name");
    }
    return { word, name };
  });
  const objects = pairs.map(({ word, name }) => ({ type: resourceType(word), name }));
  return { types: objects.map(({ type }) => type), objects };
}
