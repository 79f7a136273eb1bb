import type { Event } from "../../model/event.ts";
import { type KindTable, nameColumn, textColumns, wideColumn } from "./kind-table.ts";

const unknown = "<unknown>";

/** pkg/printers/internalversion/printers.go, printEvent. */
export const eventTable: KindTable<Event> = {
  columns: [
    ...textColumns("Last Seen", "Type", "Reason", "Object"),
    wideColumn("Subobject"),
    wideColumn("Source"),
    ...textColumns("Message"),
    wideColumn("First Seen"),
    wideColumn("Count"),
    { ...nameColumn, priority: 1 },
  ],
  cells: (event, _age, since) => {
    const { involvedObject: { kind = "", name = "", fieldPath = "" } = {}, series, source = {} } = event;
    const age = (time: string | undefined): string => (time === undefined ? unknown : since(time));
    const first = age(event.firstTimestamp ?? event.eventTime);
    const last = event.lastTimestamp === undefined ? first : since(event.lastTimestamp);
    const host = source.host || event.reportingInstance;
    const component = source.component || event.reportingComponent || "";
    return [
      series === undefined ? last : age(series.lastObservedTime),
      event.type ?? "",
      event.reason ?? "",
      name === "" ? kind.toLowerCase() : `${kind.toLowerCase()}/${name}`,
      fieldPath,
      host ? `${component}, ${host}` : component,
      (event.message ?? "").trim(),
      first,
      series === undefined ? event.count || 1 : (series.count ?? 0),
      event.metadata.name,
    ];
  },
};
