// What a workflow may be started with by any Temporal client: judged by the same code as what comes
// over HTTP (src/domain/books/order.ts).
// Must not know: HTTP. The buyer never comes this way.
import {
  readMerchantUid,
  readOrder,
  readRefundId,
  readAskedRefundOfOrder,
  type AskedOrder,
  type AskedRefund,
} from '../../src/domain/books/order.ts'
import { Failure } from '../../src/domain/failures.ts'
import { fitting } from '../../src/domain/form.ts'
import {
  strayNamedBy,
  type GatewayName,
  type GatewayRef,
  type MerchantUid,
  type RefundId,
} from '../../src/domain/ids.ts'

/**
 * The id alone where the row exists already, as a wake sends it, or the whole order. Throws the
 * Failures of the judge.
 */
export function parsePaymentInput(input: unknown): { id: MerchantUid; asked: AskedOrder | undefined } {
  if (namesOnly(input, 'merchantUid')) return { id: fitting(readMerchantUid(input)).merchantUid, asked: undefined }
  const asked = fitting(readOrder(input))
  return { id: asked.merchantUid, asked }
}

type RefundOfOrder = AskedRefund & { readonly merchantUid: MerchantUid }

export function parseRefundInput(input: unknown): { id: RefundId; asked: RefundOfOrder | undefined } {
  if (namesOnly(input, 'refundId')) return { id: fitting(readRefundId(input)).refundId, asked: undefined }
  const asked = fitting(readAskedRefundOfOrder(input))
  return { id: asked.refundId, asked }
}

/** As a wake starts the first run of a saga whose row has just been made. */
export function parsePaymentBirth(input: unknown): MerchantUid {
  const { born, ...named } = asFields(input)
  if (born === true && namesOnly(named, 'merchantUid')) return fitting(readMerchantUid(named)).merchantUid
  throw notABirth()
}

/** The same; under which key it files at once, and what it knows of the row, come beside it. */
export function parseRefundBirth(input: unknown): RefundId {
  const { born, ...named } = asFields(input)
  if (typeof born === 'string' && namesOnly(named, 'refundId')) return fitting(readRefundId(named)).refundId
  throw notABirth()
}

const notABirth = () =>
  new Failure('invalidRequest', 'a birth is told by this program alone; start the workflow without "born"')
const asFields = (input: unknown): Readonly<Record<string, unknown>> => ({
  ...(typeof input === 'object' ? input : {}),
})

const namesOnly = (input: unknown, name: string): boolean =>
  typeof input === 'object' && input !== null && Object.keys(input).join() === name

/** A stray is always a row already: its input only names it. */
export function parseStrayInput(input: unknown): { gateway: GatewayName; gatewayRef: GatewayRef } {
  const { gateway, gatewayRef, ...more } = asFields(input)
  const isText = typeof gateway === 'string' && typeof gatewayRef === 'string'
  const named = isText ? strayNamedBy(`stray:${gateway}:${gatewayRef}`) : undefined
  if (named && Object.keys(more).length === 0) return named
  throw new Failure('invalidRequest', "the workflow's input was refused: gateway is kind/account, gatewayRef its id")
}
