// What a command is about: the refund, the payment or the stray that its workflow id names, and how
// each carries it out.
// Must not know: who asks, approvals.
import { loadBooks, type Loaded } from '../../src/db/books/books.ts'
import type { Trx } from '../../src/db/connect.ts'
import type { Attempt, Books, Decision } from '../../src/domain/books/books.ts'
import type { Setting } from '../../src/domain/books/draft.ts'
import { contradicted } from '../../src/domain/books/holds.ts'
import { seenOf, seenOfRefund } from '../../src/domain/books/seen.ts'
import { Failure } from '../../src/domain/failures.ts'
import {
  merchantUid,
  OWN_ID,
  refundId,
  strayNamedBy,
  type GatewayName,
  type GatewayRef,
  type MerchantUid,
  type RefundId,
} from '../../src/domain/ids.ts'
import type { Money } from '../../src/domain/money.ts'
import {
  parsePaymentCommand,
  parseRefundCommand,
  PAYMENT_COMMANDS,
  REFUND_COMMANDS,
  type Asked,
  type Asker,
  type PaymentCommand,
  type RefundCommand,
} from '../../src/domain/moves/people/commands.ts'
import {
  attemptToDecide,
  attemptToRefund,
  commandPayment,
  commandStray,
  strayToDecide,
} from '../../src/domain/moves/people/money.ts'
import { commandRefund, movesMoney } from '../../src/domain/moves/people/refunds.ts'
import { heldAgainstLimit } from '../../src/domain/moves/requests.ts'
import { strayState } from '../../src/domain/shown/views.ts'
import { loadRefund, paymentIn, refundIn, strayIn } from '../decide.ts'

type Saga =
  | { readonly kind: 'refund'; readonly id: RefundId }
  | { readonly kind: 'payment'; readonly id: MerchantUid }
  | { readonly kind: 'stray'; readonly gateway: GatewayName; readonly gatewayRef: GatewayRef }

/**
 * One saga's side of a command: what it is about, whether another person must approve, how it is
 * carried out.
 */
export type Target = {
  readonly loaded: Loaded
  /** For its journal lines; the reference where it decides on money. */
  readonly about: About
  /** Whether its state is another one than at that moment, though it may be called the same. */
  readonly movedSince: (at: string) => boolean
  readonly state: (books: Books) => string
  readonly money: Money | undefined
  /** What is held against the limit, where that is more than its own. */
  readonly together?: Money
  readonly carry: () => Decision
  /** What to look at, where a look is all that was asked for. */
  readonly recheck: Looking | undefined
}
type About = { readonly refundId?: RefundId; readonly gatewayRef?: GatewayRef }
type Looking = {
  readonly gateway: GatewayName
  readonly gatewayRef: GatewayRef | null
  readonly merchantUid: MerchantUid | null
}

export type ParsedCommand = { readonly asker: Asker } & (
  | (Extract<Saga, { kind: 'refund' }> & Pick<Asked<RefundCommand>, 'command' | 'seen'>)
  | (Extract<Saga, { kind: 'payment' | 'stray' }> & Pick<Asked<PaymentCommand>, 'command' | 'seen'>)
)

export function refundNamedBy(workflowId: string): RefundId | undefined {
  const [, id = ''] = /^refund:(.+)$/.exec(workflowId) ?? []
  return OWN_ID.test(id) ? refundId(id) : undefined
}

function sagaOf(workflowId: string): Saga {
  const refund = refundNamedBy(workflowId)
  if (refund) return { kind: 'refund', id: refund }
  const stray = strayNamedBy(workflowId)
  if (stray) return { kind: 'stray', ...stray }
  const [, id = ''] = /^payment:(.+)$/.exec(workflowId) ?? []
  if (OWN_ID.test(id)) return { kind: 'payment', id: merchantUid(id) }
  throw new Failure('invalidRequest', `${workflowId} is no saga of this program`)
}

/** What a journal line about the saga names besides its order. */
export function aboutOf(workflowId: string): About {
  const saga = sagaOf(workflowId)
  if (saga.kind === 'refund') return { refundId: saga.id }
  return saga.kind === 'stray' ? { gatewayRef: saga.gatewayRef } : {}
}

/** Throws `invalidRequest` with every fault of the form. */
export function parseCommand(workflowId: string, name: string, args: unknown): ParsedCommand {
  const saga = sagaOf(workflowId)
  if (saga.kind === 'refund') {
    const known = REFUND_COMMANDS.find((each) => each === name)
    if (known) return { ...saga, ...parseRefundCommand(known, args) }
  } else {
    const known = PAYMENT_COMMANDS.find((each) => each === name)
    if (known) return { ...saga, ...parsePaymentCommand(known, args) }
  }
  throw new Failure('invalidRequest', `${workflowId} takes no command ${name}`)
}

/** Under the payment's lock. */
export async function loadSaga(trx: Trx, workflowId: string): Promise<Loaded> {
  const saga = sagaOf(workflowId)
  switch (saga.kind) {
    case 'refund':
      return loadRefund(trx, saga.id)
    case 'payment':
      return loadBooks(trx, { merchantUid: saga.id })
    case 'stray':
      return loadBooks(trx, saga)
  }
}

export async function targetOf(trx: Trx, asked: ParsedCommand, setting: Setting): Promise<Target> {
  switch (asked.kind) {
    case 'refund':
      return refundTarget(await loadRefund(trx, asked.id), asked, setting)
    case 'payment':
      return paymentTarget(await loadBooks(trx, { merchantUid: asked.id }), asked, setting)
    case 'stray':
      return strayTarget(await loadBooks(trx, asked), asked, setting)
  }
}

type Of<Kind> = Extract<ParsedCommand, { kind: Kind }>

function refundTarget(loaded: Loaded, { id, command, seen }: Of<'refund'>, setting: Setting): Target {
  if (command.kind === 'approve') throw cannotApprove()
  const refund = refundIn(loaded.books, id)
  const { gateway, gatewayRef, merchantUid: order } = refund
  return {
    loaded,
    about: { refundId: id },
    movedSince: (at) => Date.parse(refund.stateSince) > Date.parse(at),
    ...(movesMoney(command)
      ? { money: refund, together: heldAgainstLimit(loaded.books, refund) }
      : { money: undefined }),
    recheck: command.kind === 'recheck' ? { gateway, gatewayRef, merchantUid: order } : undefined,
    state: (books) => refundIn(books, id).state,
    carry: () => {
      mustBeSeen(seen, seenOfRefund(loaded.books, refundIn(loaded.books, id)), refund.state)
      return commandRefund(loaded.books, id, command, setting)
    },
  }
}

function paymentTarget(loaded: Loaded, { id, command, seen }: Of<'payment'>, setting: Setting): Target {
  if (command.kind === 'approve') throw cannotApprove()
  const { gateway } = paymentIn(loaded.books, id)
  const decides = command.kind === 'accept' || command.kind === 'refund'
  const attempt = decides ? attemptMeant(loaded.books, command) : undefined
  return {
    loaded,
    about: attempt ? { gatewayRef: attempt.gatewayRef } : {},
    movedSince: unmoved,
    money: command.kind === 'release' ? moneyHeld(loaded.books) : attempt,
    recheck: command.kind === 'recheck' ? { gateway, gatewayRef: null, merchantUid: id } : undefined,
    state: (books) => paymentIn(books, id).state,
    carry: () => {
      mustBeSeen(seen, seenOf(loaded.books), paymentIn(loaded.books, id).state)
      return commandPayment(loaded.books, command, setting)
    },
  }
}

function strayTarget(loaded: Loaded, { gatewayRef: ref, command, seen }: Of<'stray'>, setting: Setting): Target {
  if (command.kind === 'approve') throw cannotApprove()
  const { gateway, merchantUid: order } = strayIn(loaded.books, ref)
  const decides = command.kind === 'accept' || command.kind === 'refund'
  return {
    loaded,
    about: { gatewayRef: ref },
    movedSince: unmoved,
    money: decides
      ? strayToDecide(loaded.books, ref, command)
      : command.kind === 'release'
        ? moneyHeld(loaded.books)
        : undefined,
    recheck: command.kind === 'recheck' ? { gateway, gatewayRef: ref, merchantUid: order } : undefined,
    state: (books) => strayState(books, strayIn(books, ref)),
    carry: () => {
      mustBeSeen(seen, seenOf(loaded.books), strayState(loaded.books, strayIn(loaded.books, ref)))
      return commandStray(loaded.books, ref, command, setting)
    },
  }
}

/** Two people, or one who presses twice: the second has not seen what the first one did. */
function mustBeSeen(seen: string | null, now: string, state: string): void {
  if (seen === null || seen === now) return
  throw new Failure(
    'updateRejected',
    `this has changed since it was seen: it is ${state}, and its mark is ${now} now; read it and ask again if it is still wanted`,
    { seen: now },
  )
}

/** Accepted money is given back only where the command names it. */
function attemptMeant(
  books: Books,
  { kind, gatewayRef: ref }: Extract<PaymentCommand, { gatewayRef: unknown }>,
): Attempt {
  return kind === 'refund' ? attemptToRefund(books, ref) : attemptToDecide(books, ref)
}

/**
 * What a release lets go: the largest of the contradicted amounts says whether another person must
 * approve.
 */
const moneyHeld = (books: Books): Money | undefined =>
  books.attempts.filter(contradicted).toSorted((a, b) => b.amount - a.amount)[0]

/**
 * Money that waits for a decision has waited for it all the time: what decides it takes it away.
 */
const unmoved = (): boolean => false
const cannotApprove = (): Error => new Error('an approval cannot itself be approved')
