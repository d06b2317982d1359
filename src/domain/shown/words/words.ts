// All words that people are told in their own language, in one table: each in every language, with
// the same holes.
// Must not know: who asks for a word.
import { HEADLINES, MAY_DO, MESSAGE, MONEY_WAITS } from './alerts.ts'
import type { Said } from '../../../language.ts'
import {
  ATTENTION,
  BLOCKED,
  CHECKPOINT,
  COMMANDS,
  MONEY_BECAUSE,
  ORDER_WAITS_FOR,
  ORIGIN,
  PAGE,
  POINTS,
  REFUND_ADVICE,
  REFUND_WAITS_FOR,
  ATTEMPT_STATUS,
  SUMMARIES,
} from './pages.ts'

export const WORDS = {
  attention: ATTENTION,
  blocked: BLOCKED,
  checkpoint: CHECKPOINT,
  commands: COMMANDS,
  headlines: HEADLINES,
  mayDo: MAY_DO,
  message: MESSAGE,
  moneyBecause: MONEY_BECAUSE,
  moneyWaits: MONEY_WAITS,
  orderWaitsFor: ORDER_WAITS_FOR,
  origin: ORIGIN,
  page: PAGE,
  points: POINTS,
  refundAdvice: REFUND_ADVICE,
  refundWaitsFor: REFUND_WAITS_FOR,
  status: ATTEMPT_STATUS,
  summaries: SUMMARIES,
} as const satisfies Readonly<Record<string, Readonly<Record<string, Said>>>>
