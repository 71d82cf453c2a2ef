// The panel beside a store, and beside documents whose adapter refuses some writes.
import { createCollection, createStore } from 'cowslip'
import { definePanel, type CowslipPanel } from 'cowslip/devtools'
import { withFaults } from 'cowslip/adapter-contract'
import { memoryAdapter } from 'cowslip/memory'

class Odd {
  self = this
}
class Broken {
  get text(): string {
    throw new Error('no text')
  }
  toJSON(): never {
    throw new Error('no JSON')
  }
}
const isOdd = (value: unknown): boolean => value instanceof Odd || value instanceof Broken
const leaves = [{ is: isOdd, equals: (a: unknown, b: unknown) => a === b }]
const history = createStore<any>({ list: [] }, { leaves })

const store = createStore<any>({
  title: 'Groceries',
  items: [{ name: 'Milk', done: false }],
  due: new Date(0),
  '<b>markup</b>': '<img src=x>',
})
let fault: 'fail-before' | null = null
const adapter = withFaults(memoryAdapter(), ({ method }) => (method === 'commit' ? fault : null))
const notes = createCollection<{ _id: string; text: string }>('notes', {
  adapter,
  beforeCommit(change) {
    if (change.touched.includes('text') && String(change.changes.text) === 'bad') {
      throw new Error('no bad text')
    }
  },
})
const note = await notes.insert({ _id: 'note', text: '' })
note.on('error', () => {})

document.body.insertAdjacentHTML(
  'beforeend',
  '<cowslip-panel name="List"></cowslip-panel><p></p><cowslip-panel name="Note"></cowslip-panel><cowslip-panel></cowslip-panel>',
)
const [first, second, third] = document.querySelectorAll<CowslipPanel>('cowslip-panel')
// Before the element is defined, as a framework may do.
first!.target = store
definePanel()
definePanel()
second!.target = note
third!.target = history

Object.assign(globalThis, {
  spec: {
    store,
    history,
    odd: () => new Odd(),
    broken: () => new Broken(),
    definePanel,
    third,
    note,
    first,
    second,
    setFault: (next: typeof fault) => void (fault = next),
    texts: (which: number, selector: string) =>
      [...document.querySelectorAll('cowslip-panel')[which]!.shadowRoot!.querySelectorAll(selector)]
        .filter(element => getComputedStyle(element).display !== 'none')
        .map(element => element.textContent),
  },
  ready: true,
})
