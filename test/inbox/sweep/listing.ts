// A gateway whose lists are scripted: ranges by the time of the status, order by that of the last
// update, pages by number.
// Must not know: databases. What it holds may change between two questions, as a real one's does
// (iamport.md §3.2).
import { Failure } from '../../../src/domain/failures.ts'
import type {
  Evidence,
  ListAsked,
  ListedStatus,
  ListingGateway,
  ListPage,
  Unreadable,
} from '../../../src/domain/gateway.ts'
import { gatewayRef } from '../../../src/domain/ids.ts'
import { anEvidence } from '../../support/books.ts'
import { scriptedGateway } from '../../support/booksGateway.ts'

export type Element = {
  readonly status: ListedStatus
  /** When it took its status, and when it last changed; milliseconds. */
  readonly at: number
  readonly updated: number
  /** Pages that hold it and any other are too large; 'tooLarge': it alone is. */
  readonly size?: 'large' | 'tooLarge'
  readonly says: { readonly evidence: Evidence } | { readonly unreadable: Unreadable }
}
export type Listing = {
  gateway: ListingGateway
  holds: Element[]
  /** Whether pages name their total. */
  totals: boolean
  readonly asked: ListAsked[]
  /** References that were asked for together, one call after the other. */
  readonly together: (readonly string[])[]
  /** Runs before each list question; may change what is held, or throw in place of an answer. */
  before: (asked: ListAsked) => Promise<void> | void
  /** Changes what a page says. */
  answer: (page: ListPage, asked: ListAsked) => ListPage
}

export function listing(holds: readonly Element[] = []): Listing {
  const listed: Listing = {
    gateway: { ...scriptedGateway(), list, lookMany },
    holds: [...holds],
    totals: true,
    asked: [],
    together: [],
    before: () => {},
    answer: (page) => page,
  }
  async function list(asked: ListAsked): Promise<ListPage> {
    await listed.before(asked)
    listed.asked.push(asked)
    const inside = listed.holds
      .filter(({ status, at }) => status === asked.status && at >= asked.from.getTime() && at <= asked.to.getTime())
      .toSorted((a, b) => a.updated - b.updated)
    const shown = inside.slice((asked.page - 1) * asked.size, asked.page * asked.size)
    if (shown.some(({ size }) => size === 'tooLarge' || (size === 'large' && asked.size > 1)))
      throw new Failure('gatewayAnswerTooLarge', 'the answer is larger than 1048576 bytes')
    const page = {
      listed: shown.flatMap(({ says }) => ('evidence' in says ? [says.evidence] : [])),
      unreadable: shown.flatMap(({ says }) => ('unreadable' in says ? [says.unreadable] : [])),
      total: listed.totals ? inside.length : null,
      more: asked.page * asked.size < inside.length,
    }
    return listed.answer(page, asked)
  }
  async function lookMany(refs: readonly string[]): Promise<readonly Evidence[]> {
    listed.together.push(refs)
    return listed.holds.flatMap(({ says }) =>
      'evidence' in says && refs.includes(says.evidence.gatewayRef) ? [says.evidence] : [],
    )
  }
  return listed
}

/** Ours, as Paymentwall's payments are. */
export const shownAs = (shown: Partial<Evidence> = {}): Evidence => ({
  ...anEvidence(shown),
  provider: 'paymentwall',
  ours: true,
  ...shown,
})

type ElementShown = Partial<Omit<Element, 'says' | 'at' | 'updated'>> & {
  readonly at: string
  readonly updated?: string
}

/** A paid payment of no order that is known here. */
export function paidAt(id: number, { at, updated = at, status = 'paid', ...rest }: ElementShown): Element {
  const evidence = shownAs({ gatewayRef: gatewayRef(`imp_${id}`), merchantUid: `unknown-${id}`, status, paidAt: at })
  return { ...rest, status, at: Date.parse(at), updated: Date.parse(updated), says: { evidence } }
}

export const elementOf = (evidence: Evidence, at: string): Element => ({
  status: evidence.status === 'cancelled' || evidence.status === 'failed' ? evidence.status : 'paid',
  at: Date.parse(at),
  updated: Date.parse(at),
  says: { evidence },
})

export const unreadableAt = (at: string, shown: Partial<Unreadable> = {}): Element => ({
  status: 'paid',
  at: Date.parse(at),
  updated: Date.parse(at),
  says: { unreadable: { gatewayRef: null, merchantUid: null, ours: true, why: 'currency: it does not fit', ...shown } },
})
