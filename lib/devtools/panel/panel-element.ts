// The element `<cowslip-panel>`: the timeline of a store or document, what each entry changed, and undo. It writes texts
// only, never markup, and its style is a constructed sheet, so it runs on strict pages.
import { defineView } from '../../document/messages/define-view.ts'
import { badArgumentError } from '../../document/messages/errors.ts'
import { PANEL_STYLE } from './panel-style.ts'
import { showValue } from './show-value.ts'
import { Timeline, type TimelineEntry } from './timeline.ts'

/** Creates an element with attributes and children. */
function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string>> = {},
  children: readonly (Node | string)[] = [],
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  element.append(...children)
  return element
}

/** The panel, as `document.querySelector('cowslip-panel')` returns it. */
export interface CowslipPanel extends HTMLElement {
  /** The store or document that is shown; null: none. Throws `bad-argument` for anything else. */
  target: unknown
}

/**
 * Defines the element `<cowslip-panel>`, under that name or another one. Its property `target` takes a store or a live
 * document. It shows a timeline of change sets and outcomes of commits (stored, refused, made again, unknown), for each what
 * changed in words and before and after, and undoes to any of them. The last 500 entries are kept. It follows the page's
 * `color-scheme`, and works by keyboard: arrows, Home, End and Escape in the timeline, Ctrl+Z and Ctrl+Shift+Z. Does nothing if
 * the element is defined, or where there is no page. Throws `bad-argument`.
 */
export function definePanel(name = 'cowslip-panel'): void {
  if (typeof name !== 'string') throw badName(name)
  if (typeof customElements === 'undefined' || customElements.get(name) !== undefined) return
  try {
    customElements.define(name, createPanelClass())
  } catch {
    throw badName(name)
  }
}

const badName = (name: unknown): Error =>
  badArgumentError('name', 'the name of an element, with a hyphen', name)

/** Creates the class of the element, which needs a page. */
function createPanelClass(): CustomElementConstructor {
  return class extends HTMLElement implements CowslipPanel {
    static readonly observedAttributes = ['name']
    readonly #view: PanelView = new PanelView(this.attachShadow({ mode: 'open' }))
    #target: unknown = null

    get target(): unknown {
      return this.#target
    }

    set target(target: unknown) {
      this.#view.show(target, this.isConnected)
      this.#target = target
    }

    connectedCallback(): void {
      // A property that was set before the element was defined hides the setter.
      if (Object.hasOwn(this, 'target')) {
        const { target } = this
        Reflect.deleteProperty(this, 'target')
        this.target = target
      } else this.#view.show(this.#target, true)
    }

    attributeChangedCallback(
      _attribute: string,
      _before: string | null,
      name: string | null,
    ): void {
      this.#view.name(name ?? 'Changes')
    }

    disconnectedCallback(): void {
      // An element that is moved within the page keeps its entries.
      queueMicrotask(() => {
        if (!this.isConnected) this.#view.show(null, false)
      })
    }
  }
}

/** The content of one panel. */
class PanelView {
  static {
    defineView('PanelView', this.prototype, ({ timeline }) => ({
      entries: timeline?.entries.length,
    }))
  }

  private readonly title = make('strong', {}, ['Changes'])
  private readonly about = make('span', { class: 'state', role: 'status' })
  private readonly filter = make('input', {
    type: 'search',
    placeholder: 'Filter',
    'aria-label': 'Filter',
  })
  private readonly undo = make('button', { type: 'button' }, ['Undo'])
  private readonly redo = make('button', { type: 'button' }, ['Redo'])
  private readonly clear = make('button', { type: 'button' }, ['Clear'])
  private readonly list = make('ol', {
    role: 'listbox',
    tabindex: '0',
    'aria-label': 'Timeline',
  })
  private readonly detail = make('div', {
    class: 'detail',
    role: 'region',
    tabindex: '0',
    'aria-label': 'Details',
  })
  private readonly undoTo = make('button', { type: 'button' })
  /** The entry that the details are of. */
  private detailed: TimelineEntry | undefined
  private readonly items = new Map<number, HTMLLIElement>()
  private timeline: Timeline | null = null
  /** The number of the chosen entry; null: the last one is followed. */
  private chosen: number | null = null
  private failure = ''
  private isDrawn = true

  constructor(root: ShadowRoot) {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(PANEL_STYLE)
    root.adoptedStyleSheets = [sheet]
    const buttons = [this.filter, this.undo, this.redo, this.clear]
    const panel = make('div', { class: 'panel' }, [
      make('header', {}, [this.title, this.about, ...buttons]),
      make('div', { class: 'body' }, [this.list, this.detail]),
    ])
    root.append(panel)
    this.undo.onclick = () => this.run(() => this.timeline?.target.undo?.())
    this.redo.onclick = () => this.run(() => this.timeline?.target.redo?.())
    this.clear.onclick = () => this.timeline?.clear()
    this.undoTo.onclick = () =>
      this.run(() => this.detailed && this.timeline?.undoTo(this.detailed))
    this.filter.oninput = () => this.draw()
    this.list.onclick = event => {
      const number = (event.target as Element).closest('li')?.dataset.number
      if (number !== undefined) this.choose(Number(number))
    }
    this.list.onkeydown = event => this.onKey(event)
    panel.onkeydown = event => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 'z') return
      if (event.target === this.filter) return
      event.preventDefault()
      ;(event.shiftKey ? this.redo : this.undo).click()
    }
  }

  /** Shows a target, and listens to it while the panel is part of a page. Throws `bad-argument`. */
  show(target: unknown, isConnected: boolean): void {
    if (isConnected && this.timeline?.target === target) return
    // A bad target leaves the one before.
    const next =
      target === null || target === undefined ? null : new Timeline(target, () => this.plan())
    this.timeline?.stop()
    if (!isConnected) next?.stop()
    this.timeline = isConnected ? next : null
    this.chosen = null
    this.failure = ''
    this.draw()
  }

  name(text: string): void {
    this.title.textContent = text
  }

  /** Draws once before the next frame, however many events come until then. */
  private plan(): void {
    if (!this.isDrawn) return
    this.isDrawn = false
    setTimeout(() => this.draw(), 16)
  }

  private get shown(): readonly TimelineEntry[] {
    const words = this.filter.value.toLowerCase().split(/\s+/)
    return (this.timeline?.entries ?? []).filter(({ type, title, origin, lines }) => {
      const text = [type, title, origin, ...lines].join('\n').toLowerCase()
      return words.every(word => text.includes(word))
    })
  }

  private draw(): void {
    this.isDrawn = true
    const target = this.timeline?.target
    const { shown } = this
    const isAtEnd = this.list.scrollHeight - this.list.scrollTop - this.list.clientHeight < 30
    this.about.textContent = target === undefined ? 'nothing to show' : this.describeTarget()
    this.undo.disabled = target?.canUndo !== true
    this.redo.disabled = target?.canRedo !== true
    const all = this.timeline?.entries ?? []
    this.clear.disabled = all.length === 0
    this.drawList(shown, all.length === 0 ? 'No changes yet' : 'Nothing has these words')
    // The one that was chosen may be gone.
    if (!all.some(({ number }) => number === this.chosen)) this.chosen = null
    const entry = shown.find(({ number }) => number === this.chosen) ?? shown.at(-1)
    this.select(entry)
    if (this.chosen === null && isAtEnd) this.list.scrollTop = this.list.scrollHeight
    this.drawDetail(entry)
  }

  private describeTarget(): string {
    const { version, pending = 0, status } = this.timeline?.target ?? { version: 0 }
    const parts = [`version ${version}`]
    if (status !== undefined && status !== 'stored') parts.push(status)
    if (pending > 0) parts.push(`${pending} pending`)
    if (this.failure !== '') parts.push(this.failure)
    return parts.join(' · ')
  }

  private drawList(shown: readonly TimelineEntry[], otherwise: string): void {
    const numbers = new Set(shown.map(({ number }) => number))
    for (const [number, item] of this.items) {
      if (numbers.has(number)) continue
      item.remove()
      this.items.delete(number)
    }
    let place: ChildNode | null = this.list.firstChild
    for (const entry of shown) {
      const item = this.items.get(entry.number) ?? makeItem(entry)
      this.items.set(entry.number, item)
      if (item === place) place = item.nextSibling
      else this.list.insertBefore(item, place)
    }
    while (place !== null) {
      const next: ChildNode | null = place.nextSibling
      place.remove()
      place = next
    }
    if (shown.length === 0) {
      this.list.append(make('li', { class: 'empty', role: 'presentation' }, [otherwise]))
    }
  }

  /** Marks the entry that the details are of. */
  private select(entry: TimelineEntry | undefined): void {
    for (const [number, item] of this.items) {
      item.setAttribute('aria-selected', String(number === entry?.number))
    }
    if (entry === undefined) this.list.removeAttribute('aria-activedescendant')
    else this.list.setAttribute('aria-activedescendant', `entry-${entry.number}`)
  }

  /** Shows an entry. What stands there already stays, with its focus and selection. */
  private drawDetail(entry: TimelineEntry | undefined): void {
    const steps = entry === undefined ? 0 : (this.timeline?.stepsSince(entry) ?? 0)
    this.undoTo.hidden = steps === 0
    this.undoTo.textContent = `Undo to here (${steps})`
    if (entry === this.detailed) return
    this.detailed = entry
    if (entry === undefined) return this.detail.replaceChildren()
    const { title, type, origin, version, at, lines, before, after } = entry
    const kind = type === 'change' ? `${origin} change` : type
    const time = new Date(at).toLocaleTimeString()
    const parts: Node[] = [
      make('h2', {}, [title]),
      make('p', {}, [`${kind} · version ${version} · ${time}`]),
      this.undoTo,
    ]
    const section = (name: string, text: string): Node =>
      make('section', {}, [make('h3', {}, [name]), make('pre', {}, [text])])
    if (lines.length > 0) parts.push(section('Changed', lines.join('\n')))
    if (before !== null && after !== null) {
      const sides = [section('Before', showValue(before)), section('After', showValue(after))]
      parts.push(make('div', { class: 'sides' }, sides))
    }
    this.detail.replaceChildren(...parts)
  }

  /** Undoes or redoes, and tells why that failed. */
  private run(work: () => unknown): void {
    this.failure = ''
    new Promise(resolve => resolve(work())).then(
      () => this.plan(),
      (error: unknown) => {
        this.failure = error instanceof Error ? error.message : String(error)
        this.plan()
      },
    )
  }

  private choose(number: number | null): void {
    this.chosen = number
    this.draw()
    if (number !== null) this.items.get(number)?.scrollIntoView({ block: 'nearest' })
  }

  private onKey(event: KeyboardEvent): void {
    const { shown } = this
    const at = shown.findIndex(({ number }) => number === this.chosen)
    const place = at < 0 ? shown.length - 1 : at
    const to = {
      ArrowUp: place - 1,
      ArrowDown: place + 1,
      PageUp: place - 10,
      PageDown: place + 10,
      Home: 0,
      End: shown.length - 1,
    }[event.key]
    if (event.key === 'Escape') return this.choose(null)
    if (to === undefined || shown.length === 0) return
    event.preventDefault()
    this.choose(shown[Math.max(0, Math.min(to, shown.length - 1))]?.number ?? null)
  }
}

function makeItem({ number, type, title, origin }: TimelineEntry): HTMLLIElement {
  const item = make(
    'li',
    { role: 'option', id: `entry-${number}`, class: type, 'data-number': String(number) },
    [
      make('span', { class: 'number' }, [String(number)]),
      make('span', { class: 'title' }, [title]),
      make('span', { class: 'tag' }, [
        type === 'change' ? (origin === 'local' ? '' : origin) : type,
      ]),
    ],
  )
  return item
}
