import type { Change, ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import type { ObjectKey } from "@kubenetsim/core/model/api-object";
import type { Ingress, IngressAddress } from "@kubenetsim/core/model/ingress";
import type { Pod } from "@kubenetsim/core/model/pod";
import type { Protocol } from "@kubenetsim/core/net/protocol";
import type { Certificate } from "./certificate/certificate.ts";
import type { ControllerLog } from "./controller-log.ts";
import type { HttpAnswer, HttpRequest } from "./http/http-message.ts";
import type { UpstreamExchange } from "./http/upstream-exchange.ts";

/**
 * An ingress controller as a process in a Pod: it watches objects, makes its configuration of them, and answers what comes to
 * its ports. It has no sockets and no clock of its own: what it sends goes through its surroundings, and time is told to it.
 */
export interface IngressController {
  /**
   * Tells it of writes; first of all objects that there are when it starts, each as one that is new. It may work them in later, by a
   * queue of its own.
   */
  take(changes: readonly Change[], nowMs: number): void;
  /** Tells it the time: what was due until then is done. */
  advance(nowMs: number): void;
  /** When it next works at what it was told; undefined when all of that is worked in. */
  readonly dueMs?: number | undefined;
  /** Whether it takes an Ingress by its class; one without this says nothing of the sort. */
  takes?(ingress: Ingress): boolean;
  /** What it was asked for that is not modelled, by name. */
  readonly unmodelled?: readonly string[];
  /** What an Ingress that it takes asks for by annotations that are not modelled, or that it does not know. */
  unmodelledIn?(ingress: Ingress): readonly AnnotationWarning[];
  /** How it writes the status of Ingresses; undefined for one that writes none. */
  readonly status?: IngressStatusWriter | undefined;
  /** Where it listens now. */
  readonly listens: readonly ListeningPort[];
  /**
   * Answers a request that came to a port of its own for HTTP. One that came in the clear to a port of https (`isTls` is false there) gets
   * what the program says to that.
   */
  answer(request: HttpRequest, arrival: HttpArrival): HttpAnswer;
  /**
   * What a TLS handshake is shown on a port of https, before there is a request; undefined where it is refused. Where a controller has
   * none of this, its answers name the certificate.
   */
  certificateFor?(handshake: Handshake): Certificate | undefined;
  /**
   * Whom it passes a connection on to, byte by byte: `ip:port`. Undefined on a port that it does not speak HTTP on: it closes the
   * connection; on a port of https: it ends TLS itself.
   */
  passOn?(connection: PassedConnection): string | undefined;
  /** Its configuration in its own program's words, such as nginx.conf. */
  configurationText(): string;
}

/** An annotation of which nothing, or less than it says, comes. */
export interface AnnotationWarning {
  /** Its whole name. */
  readonly annotation: string;
  readonly message: string;
}

/** What a controller writes into `status.loadBalancer` of Ingresses. Of replicas only their leader does. */
export interface IngressStatusWriter {
  /** namespace/name of what its replicas elect a leader by. */
  readonly election: ObjectKey;
  /** The Ingresses that it serves. */
  ingresses(): Iterable<ObjectKey>;
  /** What they are to have; undefined where it cannot tell and leaves them as they are. */
  addresses(state: ClusterState, own: Pod): readonly IngressAddress[] | undefined;
  /** Whether their addresses go with it, when it ends in this state. */
  withdraws(state: ClusterState, own: Pod): boolean;
}

export interface ListeningPort {
  readonly protocol: Protocol;
  readonly port: number;
  /** What it speaks there: HTTP with or without TLS, `either` as the client likes, `stream` for what it passes on without reading. */
  readonly speaks: "http" | "https" | "either" | "stream";
}

/** The beginning of a TLS connection. */
export interface Handshake {
  readonly port: number;
  /** The name that the client sends; undefined for none. */
  readonly serverName: string | undefined;
  readonly nowMs: number;
}

/** How a request came in. */
export interface HttpArrival {
  /** The port of its own that the connection came to. */
  readonly port: number;
  readonly nowMs: number;
  /** Carries requests to endpoints. */
  readonly send: UpstreamExchange;
}

export interface PassedConnection {
  readonly protocol: Protocol;
  readonly port: number;
  readonly clientAddress: string;
  /** The name of the TLS handshake, where there is one. */
  readonly serverName?: string | undefined;
  readonly nowMs: number;
}

/** What a controller is started with, and stands in. */
export interface ControllerProcess {
  /** Its flags: `--ingress-class=nginx`, with what `$(NAME)` stands for already in place. */
  readonly args: readonly string[];
  /** namespace/name of its Pod. */
  readonly pod: string;
  /** Chance: numbers in [0, 1). */
  readonly random: () => number;
  /** Addresses of a name, as the Pod looks it up. */
  readonly resolve: (name: string) => readonly string[];
  readonly log: ControllerLog;
  readonly nowMs: number;
  /** The objects as they are then. */
  readonly state: ClusterState;
}

/** A kind of controller: plug one in with `Cluster.create({ ingressControllers: [myController] })`. */
export interface IngressControllerDefinition {
  /** `ingress-nginx`. */
  readonly name: string;
  /** Whether a container's image is this program. */
  runs(image: string): boolean;
  /** Starts one, that has heard of nothing yet. @throws ParseError, UnsupportedError where the program would end at once */
  start(process: ControllerProcess): IngressController;
}
