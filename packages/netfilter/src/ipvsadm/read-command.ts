import { familyOf, type IpFamily } from "@kubenetsim/core/net/address";
import type { Protocol } from "@kubenetsim/core/net/protocol";
import { ParseError, UnsupportedError } from "@kubenetsim/core/runtime/errors";
import { defaultPersistenceSeconds } from "../ipvs/persistence.ts";
import type { IpvsTimeouts } from "../ipvs/settings.ts";
import type { RealServer } from "../ruleset/virtual-server.ts";
import { checkOptions } from "./check-options.ts";
import { type OptionProblem, type ReadOption, readOptions } from "./option-reader.ts";
import { type CommandName, type IpvsadmOption, ipvsadmOptions, type OptionKind, tunnelForms } from "./options.ts";
import { type Endpoint, readEndpoint, readMark, readNetmask, readNumber, readTimeout } from "./read-values.ts";

/** A command line of ipvsadm, read and not yet checked against what the kernel holds. */
export interface IpvsadmCommand {
  readonly name: CommandName;
  readonly kinds: ReadonlySet<OptionKind>;
  readonly protocol: Protocol;
  readonly service: Endpoint | undefined;
  readonly fwmark: number | undefined;
  /** Of the virtual server. */
  readonly family: IpFamily;
  readonly scheduler: string;
  /** As it stands after `-b`. */
  readonly schedulerFlags: string;
  readonly persistenceTimeout: number | undefined;
  /** A prefix length; NaN for a mask with gaps. */
  readonly netmask: number | undefined;
  readonly realServer: Endpoint | undefined;
  readonly forward: RealServer["forward"];
  /** `ipip`, `gue` or `gre`. */
  readonly tunnelType: string;
  readonly weight: number;
  readonly upperThreshold: number;
  readonly lowerThreshold: number;
  readonly timeouts: IpvsTimeouts | undefined;
}

type Draft = { -readonly [K in keyof IpvsadmCommand]: IpvsadmCommand[K] } & { kinds: Set<OptionKind> };

const defaultScheduler = "wlc";
/** IP_VS_SCHEDNAME_MAXLEN - 1. */
const longestScheduler = 15;
const largestInt = 2 ** 31 - 1;
const tryHelp = "Try `ipvsadm -h' or 'ipvsadm --help' for more information.";
const protocols: Readonly<Record<string, Protocol>> = {
  "tcp-service": "TCP",
  "udp-service": "UDP",
  "sctp-service": "SCTP",
};
const forwards: Readonly<Record<string, RealServer["forward"]>> = {
  masquerading: "Masq",
  ipip: "Tunnel",
  gatewaying: "Route",
};

/**
 * Reads the words behind `ipvsadm` as version 1.31 does, in their order, and checks which options go together.
 *
 * @throws ParseError with what ipvsadm says; UnsupportedError for what it would do that is not modelled
 */
export function readIpvsadmCommand(words: readonly string[]): IpvsadmCommand {
  const others: string[] = [];
  const options = readOptions(words, ipvsadmOptions, others);
  const draft = draftOf(commandName(options.next().value));
  for (const read of options) {
    if ("problem" in read) throw new ParseError(`${read.word}: ${read.problem}`);
    takeOption(draft, read);
  }
  if (draft.name === "set") draft.timeouts = takeTimeouts(others);
  if (others.length > 0) throw new ParseError(`unexpected argument ${others[0]}`);
  checkOptions(draft);
  return draft;
}

function commandName(first: ReadOption<IpvsadmOption> | OptionProblem | undefined): CommandName {
  if (first === undefined || "problem" in first || first.form.command === undefined) throw new ParseError(tryHelp);
  const { command } = first.form;
  if (command !== "help" && command !== "version") return command;
  throw new UnsupportedError(`ipvsadm --${command}`, "a node's commands");
}

function draftOf(name: CommandName): Draft {
  return {
    name,
    kinds: new Set(),
    protocol: "TCP",
    service: undefined,
    fwmark: undefined,
    family: "IPv4",
    scheduler: defaultScheduler,
    schedulerFlags: "",
    persistenceTimeout: undefined,
    netmask: undefined,
    realServer: undefined,
    forward: "Route",
    tunnelType: "ipip",
    weight: 1,
    upperThreshold: 0,
    lowerThreshold: 0,
    timeouts: undefined,
  };
}

function takeOption(draft: Draft, { word, form, value = "" }: ReadOption<IpvsadmOption>): void {
  const { kind, long } = form;
  if (form.command !== undefined) throw new ParseError(`invalid option \`${word}'`);
  if (kind !== undefined && draft.kinds.has(kind)) throw new ParseError(`multiple '${kind}' options specified`);
  if (kind !== undefined) draft.kinds.add(kind);
  switch (long) {
    case "tcp-service":
    case "udp-service":
    case "sctp-service":
      draft.protocol = protocols[long]!;
      draft.service = need(readEndpoint(value), "illegal virtual server address[:port] specified");
      draft.family = familyOf(draft.service.address);
      // As in the C program: the mask of a family is set with it, so a -M that stands before is lost.
      if (draft.family === "IPv6") draft.netmask = undefined;
      break;
    case "fwmark-service":
      draft.fwmark = readMark(value);
      break;
    case "ipv6":
      if (draft.fwmark === undefined) throw new ParseError("-6 used before -f");
      draft.family = "IPv6";
      draft.netmask = undefined;
      break;
    case "scheduler":
      draft.scheduler = value.slice(0, longestScheduler) || defaultScheduler;
      break;
    case "persistent":
      draft.persistenceTimeout = value === "" ? defaultPersistenceSeconds : readTimeout(value, 1);
      break;
    case "netmask":
      draft.netmask = readNetmask(value, draft.family === "IPv6");
      break;
    case "sched-flags":
      draft.schedulerFlags = value;
      break;
    default:
      takeServerOption(draft, long, value);
  }
}

function takeServerOption(draft: Draft, long: string, value: string): void {
  switch (long) {
    case "real-server": {
      const { address, port } = need(readEndpoint(value), "illegal real server address[:port] specified");
      draft.realServer = { address, port: port ?? draft.service?.port };
      break;
    }
    case "masquerading":
    case "ipip":
    case "gatewaying":
      draft.forward = forwards[long]!;
      break;
    case "weight":
      draft.weight = need(readNumber(value, 0, largestInt), "illegal weight specified");
      break;
    case "u-threshold":
      draft.upperThreshold = need(readNumber(value, 0, largestInt), "illegal u_threshold specified");
      break;
    case "l-threshold":
      draft.lowerThreshold = need(readNumber(value, 0, largestInt), "illegal l_threshold specified");
      break;
    case "tun-type":
      if (!Object.hasOwn(tunnelForms, value)) throw new ParseError("illegal tunnel type specified");
      draft.tunnelType = value;
      break;
    case "tun-port":
      need(readNumber(value, 1, 65_535), "illegal tunnel port specified");
      break;
  }
}

function takeTimeouts(others: string[]): IpvsTimeouts {
  const [tcp, tcpFin, udp] = others.splice(0, 3);
  if (tcp === undefined || tcpFin === undefined || udp === undefined) {
    throw new ParseError("--set option requires 3 timeout values");
  }
  return { tcp: readTimeout(tcp, 0), tcpFin: readTimeout(tcpFin, 0), udp: readTimeout(udp, 0) };
}

function need<T>(value: T | undefined, otherwise: string): T {
  if (value === undefined) throw new ParseError(otherwise);
  return value;
}
