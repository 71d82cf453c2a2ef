// The form of a card: an edit of the board that is held open until it is saved or cancelled.
import { useEdit, useStore } from 'cowslip/react'
import { useEffect, useRef } from 'react'
import { board, removeCard } from './board.ts'

export function CardForm({ id, onClose }: { id: string; onClose: () => void }) {
  const isThere = useStore(board, ({ cards }) => cards[id] !== undefined)
  const form = useEdit(board)
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  const values = form.values.cards[id]
  const draft = form.draft.cards[id]
  // Another tab, or an undo, has deleted it.
  if (!isThere || values === undefined || draft === undefined) {
    return (
      <dialog ref={dialog} onClose={onClose}>
        <p>This card is gone.</p>
        <button onClick={onClose}>Close</button>
      </dialog>
    )
  }
  const close = (): void => {
    form.rollback()
    onClose()
  }
  const save = (): void => {
    form.commit({ label: `edit “${form.values.cards[id]?.title}”` })
    onClose()
  }
  return (
    <dialog ref={dialog} onClose={close} aria-label="Card">
      <form
        onSubmit={event => {
          event.preventDefault()
          save()
        }}
      >
        <label>
          Title
          <input
            required
            value={values.title}
            onChange={event => void (draft.title = event.target.value)}
          />
        </label>
        <label>
          Notes
          <textarea
            rows={4}
            value={values.notes}
            onChange={event => void (draft.notes = event.target.value)}
          />
        </label>
        <label>
          Points
          <input
            type="number"
            min={0}
            max={100}
            value={values.points}
            onChange={event => void (draft.points = event.target.valueAsNumber || 0)}
          />
        </label>
        <p className="dirty">
          {(['title', 'notes', 'points'] as const)
            .filter(name => form.dirty(`cards.${id}.${name}`))
            .map(name => `${name} was ${JSON.stringify(form.original(`cards.${id}.${name}`))}`)
            .join(' · ')}
        </p>
        <footer>
          <button
            type="button"
            onClick={() => {
              form.rollback()
              removeCard(id)
              onClose()
            }}
          >
            Delete
          </button>
          <span />
          <button type="button" onClick={close}>
            Cancel
          </button>
          <button className="main" disabled={!form.dirty()}>
            Save
          </button>
        </footer>
      </form>
    </dialog>
  )
}
