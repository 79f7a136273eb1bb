import { type LabelStruct, type LabelValues, readLabels } from "./labels.ts";

/** What an Ingress asks of its routers. */
export interface RouterSettings {
  readonly pathMatcher: string;
  readonly entryPoints: readonly string[];
  readonly middlewares: readonly string[];
  /** 0 for the rule's own. */
  readonly priority: number;
  readonly isTls: boolean;
  /** What is asked for and not modelled, by the annotation's name. */
  readonly unmodelled: readonly string[];
}

export interface CookieSettings {
  /** Empty for one made of the Service's name. */
  readonly name: string;
  readonly secure: boolean;
  readonly httpOnly: boolean;
  readonly sameSite: string;
  readonly maxAge: number;
  readonly path: string;
  readonly domain: string;
}

/** What a Service asks of the balancer before it. */
export interface ServiceSettings {
  /** Empty for what its port says. */
  readonly scheme: string;
  readonly passesHost: boolean;
  readonly cookie: CookieSettings | undefined;
  /** `nativelb`: to the cluster IP instead of the endpoints; undefined unless given. */
  readonly isNative: boolean | undefined;
  readonly unmodelled: readonly string[];
}

const router: LabelStruct = {
  fields: {
    pathmatcher: "string",
    entrypoints: "list",
    middlewares: "list",
    priority: "int",
    rulesyntax: "string",
    tls: {
      allowsEmpty: true,
      fields: {
        options: "string",
        certresolver: "string",
        domains: { fields: Object.fromEntries([...Array(10).keys()].map((i) => [`[${i}]`, domain()])) },
      },
    },
    observability: {
      allowsEmpty: true,
      fields: { accesslogs: "bool", metrics: "bool", tracing: "bool", traceverbosity: "string" },
    },
  },
};

const service: LabelStruct = {
  fields: {
    serversscheme: "string",
    serverstransport: "string",
    passhostheader: "bool",
    middlewares: "list",
    sticky: {
      allowsEmpty: true,
      fields: {
        cookie: {
          allowsEmpty: true,
          fields: {
            name: "string",
            secure: "bool",
            httponly: "bool",
            samesite: "string",
            maxage: "int",
            path: "string",
            domain: "string",
          },
        },
      },
    },
    nativelb: "bool",
    nodeportlb: "bool",
  },
};

function domain(): LabelStruct {
  return { fields: { main: "string", sans: "list" } };
}

type Annotations = Readonly<Record<string, string>>;

/** `traefik.ingress.kubernetes.io/router.…` of an Ingress. @throws LabelProblem */
export function routerSettings(annotations: Annotations): RouterSettings {
  const values = readLabels(annotations, "router", router) ?? {};
  const tls = values.tls as LabelValues | undefined;
  return {
    pathMatcher: (values.pathmatcher as string | undefined) ?? "PathPrefix",
    entryPoints: (values.entrypoints as readonly string[] | undefined) ?? [],
    middlewares: (values.middlewares as readonly string[] | undefined) ?? [],
    priority: (values.priority as number | undefined) ?? 0,
    isTls: tls !== undefined,
    unmodelled: [
      ...(/^(?:|v3|default)$/.test((values.rulesyntax as string | undefined) ?? "") ? [] : ["router.rulesyntax"]),
      ...(tls?.options === undefined ? [] : ["router.tls.options"]),
      ...(tls?.certresolver === undefined ? [] : ["router.tls.certresolver"]),
    ],
  };
}

/** `traefik.ingress.kubernetes.io/service.…` of a Service. @throws LabelProblem */
export function serviceSettings(annotations: Annotations): ServiceSettings {
  const values = readLabels(annotations, "service", service) ?? {};
  const cookie = (values.sticky as LabelValues | undefined)?.cookie as LabelValues | undefined;
  const given = <T>(name: string, otherwise: T): T => (cookie?.[name] as T | undefined) ?? otherwise;
  return {
    scheme: (values.serversscheme as string | undefined) ?? "",
    passesHost: (values.passhostheader as boolean | undefined) ?? true,
    cookie: cookie && {
      name: given("name", ""),
      secure: given("secure", false),
      httpOnly: given("httponly", false),
      sameSite: given("samesite", ""),
      maxAge: given("maxage", 0),
      path: given("path", "/"),
      domain: given("domain", ""),
    },
    isNative: values.nativelb as boolean | undefined,
    unmodelled: [
      ...((values.serverstransport ?? "") === "" ? [] : ["service.serverstransport"]),
      ...(((values.middlewares as readonly string[] | undefined) ?? []).length === 0 ? [] : ["service.middlewares"]),
      ...(values.nodeportlb === true ? ["service.nodeportlb"] : []),
    ],
  };
}
