const domainPart = "(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])";
const domain = String.raw`(?:${domainPart}(?:\.${domainPart})*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?`;
const pathPart = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";
const tag = String.raw`\w[\w.-]{0,127}`;
const digest = "sha256:[0-9a-f]{64}";
const reference = new RegExp(`^((?:${domain}/)?${pathPart}(?:/${pathPart})*)(?::${tag})?(?:@${digest})?$`);
const mostNameLength = 255;

/**
 * Can kubelet have this image pulled? The API server takes any text.
 *
 * Source: github.com/distribution/reference regexp.go; kubelet's parsers.ParseImageName, which ends in `InvalidImageName`.
 */
export function isImageReference(text: string): boolean {
  const name = reference.exec(text)?.[1];
  return name !== undefined && name.length <= mostNameLength;
}
