/**
 * The agents' door: contexts and decisions as an MCP server, over stdio and streamable HTTP.
 *
 * ```ts
 * const memory = await openMemory({ folder: '.memory' })
 * const door = await serveOverHttp({ memory, place: 'claude:architect@shop:checkout', version: '1.0.0', now: Date.now })
 * console.log(door.url) // http://127.0.0.1:…/mcp
 * ```
 *
 * `bzzz-mcp` is the same as a program. Needs Node.
 *
 * @packageDocumentation
 */
export { openMemory, type OfCluster, type OpenMemoryInit } from './memory/embedded.ts'
export { attachMemory, type AttachMemoryInit } from './memory/attached.ts'
export { serveOverStdio, type StdioDoor, type StdioInit } from './server/stdio.ts'
export { serveOverHttp, type HttpDoor, type HttpInit } from './http/serve.ts'
export { tokensOnly } from './http/authorize.ts'
export { McpError, type McpErrorCode } from './errors.ts'

// For those who bring a memory of their own, or serve more than this.
export { createServer, type DoorInit, type Extension } from './server/create-server.ts'
export { localMemory, type LocalInit } from './memory/local.ts'
export type { Memory, MemoryWrite, Signature } from './memory/memory.ts'
