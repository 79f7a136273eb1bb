import type { Event } from "../../model/event.ts";
import { type FieldError, invalid, required } from "../validate/field-error.ts";
import { pathSegment, qualified } from "../validate/names.ts";
import type { KindRules } from "./rules.ts";

/** How long texts may be, in characters. */
const limits = { reportingInstance: 128, action: 128, reason: 128, message: 1024 } as const;

/** Events of `v1`: legacyValidateEvent of pkg/apis/core/validation/events.go. */
export const eventRules: KindRules<Event> = {
  checkName: pathSegment,
  metadataLast: true,
  setDefaults: () => {},
  validate: (event) => (event.eventTime === undefined ? placeErrors(event, ["default"]) : newEventErrors(event)),
};

/** An event is where its object is; of what has no namespace, in one of these. */
function placeErrors({ metadata, involvedObject }: Event, allowed: readonly string[]): FieldError[] {
  const namespace = involvedObject?.namespace ?? "";
  const isRight = namespace === "" ? allowed.includes(metadata.namespace ?? "") : namespace === metadata.namespace;
  return isRight ? [] : [invalid("involvedObject.namespace", namespace, "does not match event.namespace")];
}

/** What says when it happened says more. */
function newEventErrors(event: Event): FieldError[] {
  const { involvedObject, reportingComponent = "", message = "" } = event;
  const hasNamespace = (involvedObject?.namespace ?? "") !== "";
  return [
    ...(hasNamespace ? [] : placeErrors(event, ["default", "kube-system"])),
    ...(reportingComponent === "" ? [required("reportingComponent")] : []),
    ...qualified(reportingComponent).map((text) => invalid("reportingComponent", reportingComponent, text)),
    ...(["reportingInstance", "action", "reason"] as const).flatMap((field) => textErrors(field, event[field])),
    ...(message.length > limits.message ? [tooManyCharacters("message")] : []),
  ];
}

function textErrors(field: "reportingInstance" | "action" | "reason", text = ""): FieldError[] {
  if (text === "") return [required(field)];
  return text.length > limits[field] ? [tooManyCharacters(field)] : [];
}

function tooManyCharacters(field: keyof typeof limits): FieldError {
  return invalid(field, "", `can have at most ${limits[field]} characters`);
}
