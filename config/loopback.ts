/** Names and addresses by which only this machine is reached. */

/** An IPv6 address may stand in brackets, as it does in URLs. */
export function isLoopback(host: string): boolean {
  return /^(localhost|::1|\[::1\]|127(\.\d{1,3}){3})$/.test(host);
}
