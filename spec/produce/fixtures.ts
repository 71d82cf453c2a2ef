// What the statements about Immer share.
/** Runs on an API that has Immer's names. */
export type Statement = (api: any) => unknown

/** A list to do. */
export const todos = (): any => [
  { title: 'Learn', done: false },
  { title: 'Try', done: false },
]
/** A document. */
export const state = (): any => ({ user: { name: 'Ada', tags: ['a'] }, list: [1, 2, 3], n: 1 })

/** A class. */
export class Clock {
  hour: number
  constructor(hour: number) {
    this.hour = hour
  }
  get time(): string {
    return `${this.hour}:00`
  }
  tick(): void {
    this.hour++
  }
}

/** An instance of it that drafts edit. */
export const marked = ({ immerable }: any, hour: number): any => {
  const clock = new Clock(hour)
  Object.defineProperty(clock, immerable, { value: true })
  return clock
}
