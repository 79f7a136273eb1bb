/** What this machine or its kernel lacks, in its own words where it has any. */
export class Refusal extends Error {
  override readonly name = "Refusal";
}
