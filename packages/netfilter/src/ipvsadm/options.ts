import type { OptionForm } from "./option-reader.ts";

/** What ipvsadm can be told to do, as its messages call it. */
export type CommandName =
  | "add-service"
  | "edit-service"
  | "delete-service"
  | "flush"
  | "list"
  | "add-server"
  | "delete-server"
  | "edit-server"
  | "set"
  | "start-daemon"
  | "stop-daemon"
  | "restore"
  | "save"
  | "zero";

/** The kinds of options in the order in which ipvsadm checks them, as its messages call them. */
export const optionKinds = [
  "numeric",
  "connection",
  "service-address",
  "scheduler",
  "persistent",
  "netmask",
  "real-server",
  "forwarding-method",
  "weight",
  "u-threshold",
  "l-threshold",
  "timeout",
  "daemon",
  "stats",
  "rate",
  "thresholds",
  "persistent-conn",
  "nosort",
  "exact",
  "ops",
  "pe",
  "sched-flags",
  "tun-info",
  "tun-type",
  "tun-port",
  "tun-nocsum",
  "tun-csum",
  "tun-remcsum",
] as const;
export type OptionKind = (typeof optionKinds)[number];

/** An option of ipvsadm: it names a command, gives something of a kind, or only turns something on (`-6`, `--sort`). */
export interface IpvsadmOption extends OptionForm {
  readonly command?: CommandName | "help" | "version";
  readonly kind?: OptionKind;
}

function command(long: string, short: string | undefined, name: NonNullable<IpvsadmOption["command"]>): IpvsadmOption {
  return { long, ...(short === undefined ? {} : { short }), value: "none", command: name };
}

function option(long: string, short: string | undefined, value: OptionForm["value"], kind?: OptionKind): IpvsadmOption {
  return { long, ...(short === undefined ? {} : { short }), value, ...(kind === undefined ? {} : { kind }) };
}

/** `parse_options` of ipvsadm 1.31, without what only the synchronisation daemons take. */
export const ipvsadmOptions: readonly IpvsadmOption[] = [
  command("add-service", "A", "add-service"),
  command("edit-service", "E", "edit-service"),
  command("delete-service", "D", "delete-service"),
  command("clear", "C", "flush"),
  command("list", "L", "list"),
  command("list", "l", "list"),
  command("zero", "Z", "zero"),
  command("add-server", "a", "add-server"),
  command("edit-server", "e", "edit-server"),
  command("delete-server", "d", "delete-server"),
  command("set", undefined, "set"),
  command("help", "h", "help"),
  command("version", "v", "version"),
  command("restore", "R", "restore"),
  command("save", "S", "save"),
  { ...command("start-daemon", undefined, "start-daemon"), value: "needed" },
  { ...command("stop-daemon", undefined, "stop-daemon"), value: "needed" },
  option("tcp-service", "t", "needed", "service-address"),
  option("udp-service", "u", "needed", "service-address"),
  option("sctp-service", undefined, "needed", "service-address"),
  option("fwmark-service", "f", "needed", "service-address"),
  option("scheduler", "s", "needed", "scheduler"),
  option("persistent", "p", "optional", "persistent"),
  option("netmask", "M", "needed", "netmask"),
  option("real-server", "r", "needed", "real-server"),
  option("masquerading", "m", "none", "forwarding-method"),
  option("ipip", "i", "none", "forwarding-method"),
  option("gatewaying", "g", "none", "forwarding-method"),
  option("weight", "w", "needed", "weight"),
  option("u-threshold", "x", "needed", "u-threshold"),
  option("l-threshold", "y", "needed", "l-threshold"),
  option("numeric", "n", "none", "numeric"),
  option("connection", "c", "none", "connection"),
  option("timeout", undefined, "none", "timeout"),
  option("daemon", undefined, "none", "daemon"),
  option("stats", undefined, "none", "stats"),
  option("rate", undefined, "none", "rate"),
  option("thresholds", undefined, "none", "thresholds"),
  option("persistent-conn", undefined, "none", "persistent-conn"),
  option("nosort", undefined, "none", "nosort"),
  option("sort", undefined, "none"),
  option("exact", "X", "none", "exact"),
  option("ipv6", "6", "none"),
  option("ops", "o", "none", "ops"),
  option("pe", undefined, "needed", "pe"),
  option("sched-flags", "b", "needed", "sched-flags"),
  option("tun-info", undefined, "none", "tun-info"),
  option("tun-type", undefined, "needed", "tun-type"),
  option("tun-port", undefined, "needed", "tun-port"),
  option("tun-nocsum", undefined, "none", "tun-nocsum"),
  option("tun-csum", undefined, "none", "tun-csum"),
  option("tun-remcsum", undefined, "none", "tun-remcsum"),
];

/** What a command or type needs, may have, and may have one of (`commands_v_options`, `tunnel_types_v_options`). */
export interface OptionRules {
  readonly needs: readonly OptionKind[];
  readonly may: readonly OptionKind[];
  readonly oneOf: readonly OptionKind[];
}

const nothing: OptionRules = { needs: [], may: [], oneOf: [] };
const service: OptionRules = {
  ...nothing,
  needs: ["service-address"],
  may: ["scheduler", "persistent", "netmask", "ops", "pe", "sched-flags"],
};
const server: OptionRules = {
  ...nothing,
  needs: ["service-address", "real-server"],
  may: [
    ...(["forwarding-method", "weight", "u-threshold", "l-threshold"] as const),
    ...(["tun-type", "tun-port", "tun-nocsum", "tun-csum", "tun-remcsum"] as const),
  ],
};

export const commandForms: Readonly<Record<CommandName, OptionRules>> = {
  "add-service": service,
  "edit-service": service,
  "delete-service": { ...service, may: [] },
  flush: nothing,
  list: {
    needs: [],
    may: ["numeric", "stats", "rate", "thresholds", "persistent-conn", "nosort", "exact", "tun-info"],
    oneOf: ["connection", "service-address", "timeout", "daemon"],
  },
  "add-server": server,
  "delete-server": { ...server, may: [] },
  "edit-server": server,
  set: nothing,
  "start-daemon": nothing,
  "stop-daemon": nothing,
  restore: nothing,
  save: { ...nothing, may: ["numeric"] },
  zero: { ...nothing, may: ["service-address"] },
};

export const tunnelKinds = ["tun-port", "tun-nocsum", "tun-csum", "tun-remcsum"] as const;

export const tunnelForms: Readonly<Record<string, OptionRules>> = {
  ipip: nothing,
  gue: { needs: ["tun-port"], may: [], oneOf: ["tun-nocsum", "tun-csum", "tun-remcsum"] },
  gre: { ...nothing, oneOf: ["tun-nocsum", "tun-csum"] },
};
