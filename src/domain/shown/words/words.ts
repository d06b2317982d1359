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
import { FRAMES, LOOKED, LOST, NOT_FILED, PAID_BECAUSE, STILL_WAITS, WENT_BACK } from './told.ts'
import { ACCOUNT, CAME_IN, LATE, LATE_FOR, LATE_MANY, LATE_ONE, NOT_TAKEN, OF_ORDERS, SIGNED } from './toldElse.ts'

export const WORDS = {
  account: ACCOUNT,
  attention: ATTENTION,
  blocked: BLOCKED,
  cameIn: CAME_IN,
  checkpoint: CHECKPOINT,
  commands: COMMANDS,
  frames: FRAMES,
  headlines: HEADLINES,
  late: LATE,
  lateFor: LATE_FOR,
  lateMany: LATE_MANY,
  lateOne: LATE_ONE,
  looked: LOOKED,
  lost: LOST,
  mayDo: MAY_DO,
  message: MESSAGE,
  moneyBecause: MONEY_BECAUSE,
  moneyWaits: MONEY_WAITS,
  notFiled: NOT_FILED,
  notTaken: NOT_TAKEN,
  ofOrders: OF_ORDERS,
  orderWaitsFor: ORDER_WAITS_FOR,
  origin: ORIGIN,
  page: PAGE,
  paidBecause: PAID_BECAUSE,
  points: POINTS,
  refundAdvice: REFUND_ADVICE,
  refundWaitsFor: REFUND_WAITS_FOR,
  signed: SIGNED,
  status: ATTEMPT_STATUS,
  stillWaits: STILL_WAITS,
  summaries: SUMMARIES,
  wentBack: WENT_BACK,
} as const satisfies Readonly<Record<string, Readonly<Record<string, Said>>>>
