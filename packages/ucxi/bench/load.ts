// A load of requests over kept connections, and how long they took, in microseconds:
// node load.ts <method> <url> <count> <clients>
//
// On bare sockets: where who asks is slower than who answers, it is itself that is measured.
import { connect } from 'node:net'
import { createHistogram, performance } from 'node:perf_hooks'

const [method = 'GET', url = '', count = '1000', clients = '16'] = process.argv.slice(2)
const { host, hostname, port, pathname } = new URL(url)
const body = method === 'PUT' ? 'x'.repeat(1024) : ''
const request = Buffer.from(
  `${method} ${pathname} HTTP/1.1\r\nHost: ${host}\r\n${
    body ? `Content-Type: text/plain\r\nContent-Length: ${body.length}\r\n` : ''
  }\r\n${body}`,
)
const times = createHistogram()
let left = Number(count)

/** One connection: asks, waits for the whole answer, and asks again. */
function client(): Promise<void> {
  return new Promise((done, fail) => {
    const socket = connect(Number(port), hostname)
    let start = 0
    let missing = -1
    const ask = (): void => {
      if (left-- <= 0) {
        socket.destroy()
        done()
        return
      }
      start = performance.now()
      missing = -1
      socket.write(request)
    }
    socket.once('connect', ask)
    socket.once('error', fail)
    socket.on('data', (piece) => {
      if (missing < 0) {
        const head = piece.subarray(0, 2048).toString('latin1')
        const end = head.indexOf('\r\n\r\n') + 4
        const [, status = '', length = ''] =
          /^HTTP\/1\.1 (\d+)[\s\S]*?\r\ncontent-length: (\d+)/i.exec(head) ?? []
        if (end < 4 || !status.startsWith('2')) {
          fail(new Error(`not an answer: ${head}`))
          return
        }
        missing = end + Number(length)
      }
      missing -= piece.length
      if (missing > 0) return
      times.record(Math.max(1, Math.round((performance.now() - start) * 1000)))
      ask()
    })
  })
}

await Promise.all(Array.from({ length: Number(clients) }, client))
console.log(JSON.stringify({ p50: times.percentile(50), p99: times.percentile(99) }))
