import { createStore } from 'cowslip'

/** A store whose fields are counted up. */
export const counter = () =>
  createStore<any>({ n: 0, m: 0, a: { b: 1, c: 1 }, list: [{ x: 1 }, { x: 2 }] })
