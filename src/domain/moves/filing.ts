// A hold on filing: no new cancel call leaves, and what asks for one is tried again each hour.
// Must not know: SQL, who ends it. Calls that are under way when it begins end as they would.
import type { Books, Decision } from '../books/books.ts'
import { decided, draftOf, putRefund, draftedRefund, type Setting } from '../books/draft.ts'
import { replanRefund } from '../books/waits.ts'
import type { RefundId } from '../ids.ts'

/** ISO; who, as the journal names people; and why. */
export type Hold = { readonly since: string; readonly who: string; readonly reason: string }

/** A refund that says this is freed when the hold ends. */
export const HELD_WORDS = 'filing is held'
const EVERY_MS = 3_600_000

export const saidOf = ({ since, who, reason }: Hold): string => `${HELD_WORDS} since ${since} by ${who}: ${reason}`

/** Nothing was sent and no key is used; its patience runs on, so people are asked as ever. */
export function held(books: Books, id: RefundId, hold: Hold, setting: Setting): Decision {
  const draft = draftOf(books, setting)
  const refund = draftedRefund(draft, id)
  if (refund?.state !== 'requested') return decided(draft)
  const nextTryAt = new Date(Date.parse(setting.now) + EVERY_MS).toISOString()
  const later = { ...refund, nextTryAt, said: saidOf(hold) }
  putRefund(draft, replanRefund(later, setting.patience, setting.now))
  return decided(draft)
}
