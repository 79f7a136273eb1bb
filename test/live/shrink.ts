/** A place in a case from which something can be taken away: keys from the root. */
type Path = readonly (string | number)[];

/** What may be taken away, by the key under which it stands. */
export interface Removable {
  /** Lists of which any member may go. */
  readonly lists: ReadonlySet<string>;
  /** Fields that an object may lack. */
  readonly fields: ReadonlySet<string>;
}

/** How many smaller cases are asked about at once. */
const batch = 8;

/**
 * The smallest case that still fails: parts are taken away in halves, quarters and so on, as long as anything can go.
 * `fails` answers for several cases at once.
 */
export async function shrink<Case extends object>(
  failing: Case,
  may: Removable,
  fails: (cases: readonly Case[]) => Promise<readonly boolean[]>,
): Promise<Case> {
  let best = failing;
  for (;;) {
    const smaller = await pass(best, may, fails);
    if (smaller === undefined) return best;
    best = smaller;
  }
}

/** Tries to take away ever smaller parts of all that may go; undefined when nothing can. */
async function pass<Case extends object>(
  start: Case,
  may: Removable,
  fails: (cases: readonly Case[]) => Promise<readonly boolean[]>,
): Promise<Case | undefined> {
  let best: Case | undefined;
  const count = removable(start, may).length;
  for (let size = Math.ceil(count / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let from = 0; ; ) {
      const paths = removable(best ?? start, may);
      if (from >= paths.length) break;
      const starts = Array.from({ length: batch }, (_, index) => from + index * size).filter((at) => at < paths.length);
      const cases = starts.map((at) => without(best ?? start, paths.slice(at, at + size)));
      const first = (await fails(cases)).indexOf(true);
      if (first < 0) from += batch * size;
      else {
        best = cases[first]!;
        from = starts[first]!;
      }
    }
  }
  return best;
}

/** All that may be taken away, the largest things first. */
function removable(one: object, { lists, fields }: Removable): Path[] {
  const found: Path[] = [];
  const visit = (value: unknown, path: Path): void => {
    if (typeof value !== "object" || value === null) return;
    const inList = Array.isArray(value) && lists.has(String(path.at(-1)));
    for (const [key, member] of Object.entries(value)) {
      const place = [...path, Array.isArray(value) ? Number(key) : key];
      if (Array.isArray(value) ? inList : fields.has(key)) found.push(place);
      visit(member, place);
    }
  };
  visit(one, []);
  return found.sort((a, b) => a.length - b.length);
}

function without<Case extends object>(one: Case, paths: readonly Path[]): Case {
  const copy = structuredClone(one) as Record<string | number, unknown>;
  const parents = paths.map((path) => path.slice(0, -1).reduce<unknown>((at, key) => (at as typeof copy)[key], copy));
  for (const [index, path] of paths.entries()) delete (parents[index] as typeof copy)[path.at(-1)!];
  return withoutHoles(copy) as Case;
}

function withoutHoles(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((_, index) => index in value).map(withoutHoles);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withoutHoles(member)]));
}
