// Listens to event streams until each has given so many events: node listen.ts <url> <streams> <events>
import { get } from 'node:http'

const [url = '', streams = '200', events = '100'] = process.argv.slice(2)
const MARK = Buffer.from('\ndata: ')
let open = Number(streams)

function listen(): Promise<void> {
  return new Promise((done, fail) => {
    get(url, { agent: false }, (response) => {
      let left = Number(events)
      let tail = Buffer.alloc(0)
      if (--open === 0) console.log('ready')
      response.on('data', (piece: Buffer) => {
        const text = Buffer.concat([tail, piece])
        let place = text.indexOf(MARK)
        let after = 0
        for (; place >= 0; place = text.indexOf(MARK, after)) {
          after = place + MARK.length
          left--
        }
        tail = text.subarray(Math.max(after, text.length - MARK.length + 1))
        if (left > 0) return
        done()
        response.destroy()
      })
    }).once('error', fail)
  })
}

await Promise.all(Array.from({ length: Number(streams) }, listen))
