// Where clients on this machine reach a server, given the address that it listens on.

/** The address itself, or the loopback one of a server that listens on every interface. */
export function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  return host === '::' ? '::1' : host
}

export const isLoopback = (host: string): boolean => host === '::1' || host.startsWith('127.')

export function urlOf(host: string, port: number): string {
  const to = reachable(host)
  return `redis://${to.includes(':') ? `[${to}]` : to}:${port}`
}
