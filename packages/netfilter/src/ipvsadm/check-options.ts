import { familyOf } from "@kubenetsim/core/net/address";
import { ParseError, UnsupportedError } from "@kubenetsim/core/runtime/errors";
import { commandForms, type OptionKind, type OptionRules, optionKinds, tunnelForms, tunnelKinds } from "./options.ts";
import type { IpvsadmCommand } from "./read-command.ts";

/**
 * Which options go with a command, and with each other (generic_opt_check, process_options and tunnel_opt_check of ipvsadm).
 *
 * @throws ParseError with what ipvsadm says; UnsupportedError for what it would do that is not modelled
 */
export function checkOptions(command: IpvsadmCommand): void {
  checkKinds(command.kinds, optionKinds, commandForms[command.name], `'${command.name}' command`);
  if (command.name === "add-service" || command.name === "edit-service") checkService(command);
  if (command.name === "add-server" || command.name === "edit-server") checkServer(command);
  if (command.name === "list") checkList(command);
}

/** Those of some kinds, in their order. `whose` is `'zero' command`, `'gue' tunnel type`. */
function checkKinds(
  kinds: ReadonlySet<OptionKind>,
  among: readonly OptionKind[],
  { needs, may, oneOf }: OptionRules,
  whose: string,
): void {
  let first: string | undefined;
  for (const kind of among) {
    if (!kinds.has(kind)) {
      if (!needs.includes(kind)) continue;
      throw new ParseError(`You need to supply the '${kind}' option for the ${whose}`);
    }
    if (oneOf.includes(kind)) {
      if (first === undefined) first = kind;
      else throw new ParseError(`The option '${kind}' conflicts with the '${first}' option in the ${whose}`);
    } else if (!needs.includes(kind) && !may.includes(kind)) {
      throw new ParseError(`Illegal '${kind}' option with the ${whose}`);
    }
  }
}

function checkService({ service, protocol, persistenceTimeout, kinds }: IpvsadmCommand): void {
  if (service !== undefined && !service.port && persistenceTimeout === undefined) {
    throw new ParseError("Zero port specified for non-persistent service");
  }
  if (kinds.has("ops") && service !== undefined && protocol !== "UDP") {
    throw new ParseError("One-Packet Scheduling is only for UDP virtual services");
  }
  for (const kind of ["ops", "pe"] as const) {
    if (kinds.has(kind)) throw new UnsupportedError(`ipvsadm --${kind}`, "a virtual server");
  }
}

function checkServer({ realServer, family, forward, kinds, tunnelType }: IpvsadmCommand): void {
  if (familyOf(realServer!.address) !== family && forward !== "Tunnel") {
    throw new ParseError("Different address family is allowed only for tunneling servers");
  }
  const isTunnelled = kinds.has("tun-type") || tunnelKinds.some((kind) => kinds.has(kind));
  if (isTunnelled && forward !== "Tunnel") throw new ParseError("Tunnel options conflict with forward method");
  checkKinds(kinds, tunnelKinds, tunnelForms[tunnelType]!, `'${tunnelType}' tunnel type`);
  if (tunnelType !== "ipip") throw new UnsupportedError(`ipvsadm --tun-type ${tunnelType}`, "a real server");
}

function checkList({ kinds }: IpvsadmCommand): void {
  const has = (...some: Parameters<typeof kinds.has>[0][]): boolean => some.some((kind) => kinds.has(kind));
  const conflicts =
    (has("connection", "timeout", "daemon") && has("stats", "rate", "thresholds")) ||
    (has("timeout", "daemon") && has("persistent-conn"));
  if (conflicts) throw new ParseError("options conflicts in the list command");
}
