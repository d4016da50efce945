// node write.ts <home> <contexts> <changes a second>: writes into a home until it is ended.
import { openHome } from '@bzzz/runtime'

const [folder = '', contexts = '0', rate = '0'] = process.argv.slice(2)
const home = await openHome(folder)
let count = 0
setInterval(
  () => {
    const address = `ucxl://ada:author@shop:checkout/${count++ % Number(contexts)}.md`
    void home.store.put({ address, content: Buffer.from(`change ${count}`) })
  },
  1000 / Number(rate),
)
