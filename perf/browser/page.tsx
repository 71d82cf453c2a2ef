// The page in which each contender is measured: it is bundled with one of them, and driven by run.mjs.
import { flushSync } from 'react-dom'
import { createRoot } from 'react-dom/client'
import { contender } from './under-test.ts'
import { COUNT, counts } from './contender.ts'

const { List, edit, undo } = contender
const root = document.getElementById('root') as HTMLElement

const median = (times: number[]): number => times.sort((a, b) => a - b)[times.length >> 1] as number
const frame = () => new Promise(resolve => requestAnimationFrame(resolve))
const later = () => new Promise(resolve => setTimeout(resolve))
/** Resolves once the next frame has been handed over to be painted. */
const painted = async (): Promise<void> => {
  await frame()
  await new Promise<void>(resolve => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => resolve()
    port2.postMessage(null)
  })
}
const item = (at: number): Element | null => document.getElementById(`c${at}`)
let edits = 0
const next = (): [number, string] => [(edits * 7_919) % COUNT, `edited ${++edits}`]

Object.assign(globalThis, {
  measure: {
    /** The time of an edit while nothing is rendered, in ms. */
    async commit(rounds: number) {
      const times: number[] = []
      for (let i = 0; i < rounds; i++) {
        // A browser's clock is coarse: several edits are one sample.
        const begun = performance.now()
        for (let k = 0; k < 10; k++) edit(...next())
        times.push((performance.now() - begun) / 10)
        await later()
      }
      return median(times)
    },
    async mount() {
      createRoot(root).render(<List />)
      for (
        const end = performance.now() + 60_000;
        root.querySelectorAll('li').length < COUNT;
        await frame()
      ) {
        if (performance.now() > end) throw new Error('The list was not rendered in time')
      }
      await painted()
    },
    /** The times from an edit to the new text in the page and to the frame after it, in ms; and what ran, of one edit. */
    async render(rounds: number) {
      const rendered: number[] = []
      const shown: number[] = []
      await painted()
      for (let i = 0; i < rounds; i++) {
        const [at, title] = next()
        const before = { ...counts }
        const begun = performance.now()
        flushSync(() => edit(at, title))
        // Some render by themselves, a moment later.
        while (item(at)?.textContent !== title) await Promise.resolve()
        rendered.push(performance.now() - begun)
        await painted()
        shown.push(performance.now() - begun)
        Object.assign(measured, {
          components: counts.rendered - before.rendered,
          selectors: counts.asked - before.asked,
        })
        await later()
      }
      return { rendered: median(rendered), shown: median(shown), ...measured }
    },
    async undo(rounds: number) {
      if (undo === null) return null
      const times: number[] = []
      for (let i = 0; i < rounds; i++) {
        const begun = performance.now()
        for (let k = 0; k < 10; k++) {
          undo()
          await Promise.resolve()
        }
        times.push((performance.now() - begun) / 10)
        await later()
      }
      return median(times)
    },
    async edit(count: number) {
      for (let i = 0; i < count; i++) {
        edit(...next())
        // Some note an edit for their history a few microtasks later, all of one task together.
        for (let k = 0; k < 4; k++) await Promise.resolve()
        if (i % 100 === 0) await later()
      }
    },
  },
  ready: true,
})
const measured = { components: 0, selectors: 0 }
