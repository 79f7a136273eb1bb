/** The API server takes any number as the port of an EndpointSlice; the kernel has these only. */
export function isPortNumber(port: number): boolean {
  return port >= 0 && port <= 65_535;
}
