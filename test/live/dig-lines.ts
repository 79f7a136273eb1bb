/** What dig prints of each question as the recordings write it: the code, the flags, and the records of each section, sorted. */
export function linesOfDig(questions: readonly string[], printed: string): string[] {
  const answers = printed.split(";; Got answer:\n").slice(1);
  return questions.flatMap((question, at) => [`? ${question}`, ...linesOf(answers[at] ?? "")]);
}

function linesOf(answer: string): string[] {
  const rcode = /status: (\w+)/.exec(answer)?.[1];
  const flags = /^;; (flags: [^;]*);/m.exec(answer)?.[1];
  const sections = ["ANSWER", "AUTHORITY", "ADDITIONAL"].flatMap((title) => {
    const section = answer.split(`;; ${title} SECTION:\n`)[1]?.split("\n\n")[0] ?? "";
    const records = section.split("\n").filter((line) => line !== "");
    return records.map((line) => `  ${title.toLowerCase()} ${recordOf(line)}`).sort();
  });
  return [`  ${rcode} ${flags}`, ...sections];
}

/** With single spaces; an SOA's serial is a time. */
function recordOf(line: string): string {
  return line.replace(/\s+/g, " ").replace(/( SOA \S+ \S+) \d+/, "$1 SERIAL");
}
