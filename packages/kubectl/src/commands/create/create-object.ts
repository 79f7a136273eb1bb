import type { Plain, PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { ServerError } from "../../client/server-error.ts";
import { failure, usageError } from "../../command-error.ts";
import { readDryRun, readValidation } from "../../flags/dry-run.ts";
import { objectPrinter } from "../../output/object-printer.ts";
import type { Session } from "../../session.ts";
import type { CommandRun } from "../command.ts";

/** The only argument of a `create` command. @throws CommandError */
export function nameArgument(run: CommandRun): string {
  if (run.args.length !== 1) {
    throw usageError(run.path, `exactly one NAME is required, got ${run.args.length}`);
  }
  return run.args[0]!;
}

/** Where an object that a command makes goes to. */
export interface Destination {
  /** `services`, below its group and namespace. */
  readonly path: string;
  /** Whose fields they are. */
  readonly fieldManager?: string;
}

/** Creates an object as `kubectl create` does, and prints what `-o` asks for. */
export function createObject(run: CommandRun, object: PlainObject, destination: Destination): void {
  const print = objectPrinter(run.session, run.flags, "created", readDryRun(run.flags));
  print(createWith(run, object, destination));
}

/** The object as it is created, or as it would be: nothing is sent with `--dry-run=client`. */
export function createWith({ flags, session }: CommandRun, object: PlainObject, destination: Destination): PlainObject {
  const dryRun = readDryRun(flags);
  const validation = readValidation(flags);
  const given = flags.flag("save-config") ? withLastApplied(object) : object;
  if (dryRun === "client") return given;
  return session.client.ask("POST", destination.path, {
    body: JSON.stringify(given),
    query: {
      fieldManager: flags.text("field-manager") || (destination.fieldManager ?? "kubectl-create"),
      fieldValidation: validation,
      dryRun: dryRun === "server" ? "All" : undefined,
    },
  });
}

/**
 * As `createObject`, with the words of the `create` commands where the server refuses. The flags of all of them are looked
 * at before the object is made.
 *
 * @param what stands behind `failed to create`
 */
export function createNamed(run: CommandRun, make: () => PlainObject, path: string, what: string): void {
  const print = objectPrinter(run.session, run.flags, "created", readDryRun(run.flags));
  readValidation(run.flags);
  const object = make();
  try {
    print(createWith(run, object, { path }));
  } catch (reason) {
    if (reason instanceof ServerError) throw failure(`failed to create ${what} ${reason.message}`);
    throw reason;
  }
}

/** The namespace of an object stands in it only where one was given. */
export function namespaceOf(session: Session): { namespace?: string } {
  return session.namespaceIsGiven ? { namespace: session.namespace } : {};
}

/** With what `kubectl apply` compares the next time. (What commands make has Go's types, which write no empty annotations.) */
function withLastApplied(object: PlainObject): PlainObject {
  const metadata = object.metadata as PlainObject;
  const annotations = { ...(metadata.annotations as PlainObject | undefined) };
  const key = "kubectl.kubernetes.io/last-applied-configuration";
  delete (annotations as Record<string, Plain>)[key];
  const { annotations: _, ...rest } = metadata;
  const plain = { ...object, metadata: Object.keys(annotations).length === 0 ? rest : { ...rest, annotations } };
  const text = `${JSON.stringify(plain)}\n`;
  return { ...object, metadata: { ...metadata, annotations: { ...annotations, [key]: text } } };
}
