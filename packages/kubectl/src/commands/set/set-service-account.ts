import { failure } from "../../command-error.ts";
import type { Command, CommandRun } from "../command.ts";
import { changePodSpec } from "./pod-template.ts";
import { checkLocal, setAll, setFlags, setInfos, setPrinter } from "./set-objects.ts";

/** `kubectl set serviceaccount` (pkg/cmd/set/set_serviceaccount.go): the last word is the account. */
export const setServiceAccount: Command = {
  name: "serviceaccount",
  aliases: ["sa"],
  short: "Update the service account of a resource",
  flags: setFlags.filter(({ name }) => name !== "selector"),
  run,
};

function run(call: CommandRun): void {
  checkLocal(call);
  const print = setPrinter(call, "serviceaccount updated");
  const account = call.args.at(-1);
  if (account === undefined) throw failure("serviceaccount is required");
  setAll(
    call,
    setInfos(call, call.args.slice(0, -1)),
    {
      done: "serviceaccount updated",
      failed: "failed to patch ServiceAccountName",
      sendsAlways: true,
      change: (object) => changePodSpec(object, (spec) => ({ ...spec, serviceAccountName: account })),
    },
    print,
  );
}
