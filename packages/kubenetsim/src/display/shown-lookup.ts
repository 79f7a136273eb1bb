import { type Displayed, displayAs } from "@kubenetsim/display/display";
import { drawTable } from "@kubenetsim/display/table-drawing";
import { answerText, lookupText, lookupToJson, outcomeText } from "../dns/lookup-text.ts";
import type { NameLookup } from "../dns/name-lookup.ts";

/** Lets a look-up show itself: a table of its queries. */
export const shownLookup: <T extends NameLookup>(lookup: T) => T & Displayed = displayAs<NameLookup>({
  text: lookupText,
  svg: drawLookup,
  json: lookupToJson,
});

function drawLookup(lookup: NameLookup): string {
  const { queries, tookMs } = lookup;
  return drawTable({
    title: outcomeText(lookup).trim(),
    description: `${queries.length} queries in the order in which they were sent`,
    head: ["", "asked", "type", "server", "answer", "answered by"],
    rows: queries.map((query, at) => {
      const { name, type } = query.message.questions[0]!;
      const server = `${query.transport} ${query.server}`;
      return [String(at + 1), name, type, server, answerText(query), query.answeredBy ?? "–"];
    }),
    footer: `${tookMs} ms waited`,
  });
}
