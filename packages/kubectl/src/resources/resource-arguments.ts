import { failure } from "../command-error.ts";
import { type ResourceType, resourceTypes } from "./resource-type.ts";

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
 * Reads `svc`, `svc,pods`, `svc web db`, `svc/web pod/a` (cli-runtime, resource.Builder.ResourceTypeOrNameArgs).
 *
 * @throws CommandError
 */
export function readResourceArguments(args: readonly string[]): ResourceArguments {
  if (args.some((arg) => arg.includes("/"))) return readPairs(args);
  const [words = "", ...names] = args;
  const types = words.split(",").flatMap(resourceTypes);
  if (names.length === 0) return { types, objects: undefined };
  return { types, objects: types.flatMap((type) => names.map((name) => ({ type, name }))) };
}

function readPairs(args: readonly string[]): ResourceArguments {
  const objects = args.map((arg) => {
    const parts = arg.split("/");
    if (parts.length !== 2) {
      if (parts.length === 1) {
        throw failure(
          `there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. '${"kubectl get resource/<resource_name>"}' instead of 'kubectl get resource resource/<resource_name>'`,
        );
      }
      throw failure("arguments in resource/name form may not have more than one slash");
    }
    const [word = "", name = ""] = parts;
    if (word === "" || name === "") {
      throw failure("arguments in resource/name form must have a single resource and name");
    }
    return { type: resourceTypes(word)[0]!, name };
  });
  return { types: objects.map(({ type }) => type), objects };
}
