import { BlockList, isIP } from 'node:net'
import { SlurpError } from './errors.ts'

const MAX_URL = 2048

// Addresses that lead to this machine, its network, or nowhere (RFC 6890 and its updates).
const PRIVATE: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
  ['::', 127],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
]
const blocked = new BlockList()
for (const [net, prefix] of PRIVATE)
  blocked.addSubnet(net, prefix, net.includes(':') ? 'ipv6' : 'ipv4')

/** Whether an IP address is one of this machine or its network, or of nobody. */
export function isPrivateAddress(ip: string): boolean {
  const family = isIP(ip)
  if (family === 0) return true
  // An IPv4 address in IPv6 is looked up as the former.
  return blocked.check(ip, family === 6 ? 'ipv6' : 'ipv4')
}

/**
 * Where a webhook may be sent, as far as the URL tells. What a name leads to is looked at when it is
 * sent.
 *
 * @throws SlurpError `ERR_SLURP_WEBHOOK`
 */
export function assertTarget(text: string, allowPrivate: boolean): URL {
  const url = URL.canParse(text) && text.length <= MAX_URL ? new URL(text) : undefined
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
    throw new SlurpError(
      'ERR_SLURP_WEBHOOK',
      `Expected an http or https URL without a name and password, such as https://n8n.example/webhook/decisions, got ${JSON.stringify(text.slice(0, 100))}`,
    )
  }
  if (allowPrivate) return url
  const host = url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')
  const isLocal = isIP(host) === 0 ? /(?:^|\.)localhost$/.test(host) : isPrivateAddress(host)
  if (isLocal) throw privateTarget(url.hostname)
  return url
}

export function privateTarget(host: string): SlurpError {
  return new SlurpError(
    'ERR_SLURP_WEBHOOK',
    `Expected a public address, got ${host}: addresses of this machine and its network are told only where \`allowPrivateWebhooks\` says so`,
  )
}
