// A process that is killed: it writes documents with an audit and events, or takes the events, on the built package:
//   node trail-process.mjs <storage> <target> <write | take> <documents>
// Prints a line for each event before it is acknowledged: its document and number.
import { createCollection } from 'cowslip'
import { openStorage } from './open-storage.mjs'

const [storage, target, how, documents] = process.argv.slice(2)
const { adapter } = await openStorage(storage, target)
const c = createCollection('docs', { adapter, audit: { who: process.pid }, events: true })

if (how === 'take') {
  console.log('ready')
  for await (const { event, ack } of c.outbox()) {
    console.log(`${event.doc} ${event.n}`)
    await ack()
  }
} else {
  let isReady = false
  const write = async _id => {
    const first = { meta: { event: { doc: _id, n: 1 } } }
    const document = (await c.get(_id)) ?? (await c.insert({ _id, n: 1, list: [] }, first))
    for (;;) {
      const n = document.state.n + 1
      await document.edit(
        draft => {
          draft.n = n
          if (draft.list.length < 5) draft.list.push({ n })
          else draft.list.splice(n % 5, 1)
        },
        { meta: { event: { doc: _id, n } } },
      )
      if (!isReady) console.log('ready')
      isReady = true
    }
  }
  await Promise.all(Array.from({ length: Number(documents) }, (_, i) => write(i)))
}
