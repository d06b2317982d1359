// The sentences of alerts about refunds and money: what happened, with ids and amounts, and what
// to do about it. A Korean one ends without a full stop, so that others may follow it.
// Must not know: who raises an alert, how loud it is, how it is delivered.
import type { AttemptReason } from '../../payment.ts'
import type { Said } from '../../../language.ts'

/** Why money counts as it does, behind its amount; the journal has it in English. */
export const PAID_BECAUSE = {
  asOrdered: { en: 'paid as ordered, in time', ko: '주문대로 제때 결제되었습니다' },
  amountDiffers: { en: 'paid with another amount than ordered', ko: '주문과 다른 금액으로 결제되었습니다' },
  currencyDiffers: { en: 'paid in another currency than ordered', ko: '주문과 다른 통화로 결제되었습니다' },
  channelDiffers: {
    en: 'paid through another channel (live or test) than ordered',
    ko: '주문과 다른 채널(실연동 또는 테스트)로 결제되었습니다',
  },
  providerDiffers: {
    en: 'paid through another payment provider than Paymentwall',
    ko: '페이먼트월이 아닌 다른 PG로 결제되었습니다',
  },
  firstSeenCancelled: {
    en: 'first seen when it was already cancelled, and not all of it has gone back',
    ko: '처음 확인했을 때 이미 취소되어 있었고, 전액이 반환되지는 않았습니다',
  },
  firstInDoubt: {
    en: 'paid again, while another payment of the order is contradicted, or what had settled it has gone back',
    ko: '같은 주문의 다른 결제가 장부와 어긋나거나 주문을 성립시킨 결제가 반환된 상태에서 다시 결제되었습니다',
  },
  late: { en: 'paid after the order was expired or closed', ko: '주문이 종료된 뒤에 결제되었습니다' },
  second: {
    en: 'paid for an order that another attempt has settled',
    ko: '다른 결제 시도로 이미 성립한 주문에 다시 결제되었습니다',
  },
  unknownOrder: { en: 'paid for an order that is unknown here', ko: '등록되지 않은 주문에 결제되었습니다' },
  alreadyReturned: {
    en: 'first seen when all of it had already been returned',
    ko: '처음 확인했을 때 이미 전액이 반환되어 있었습니다',
  },
} as const satisfies Record<AttemptReason, Said>

/** How a checkpoint's look went. */
export const LOOKED = {
  answered: { en: 'looked', ko: '조회했습니다' },
  still: {
    en: 'looked: still {status}, {returned} of {paid} returned',
    ko: '조회 결과 그대로입니다: {status}, {paid} 중 {returned} 반환',
  },
  nothing: { en: 'looked: nothing found', ko: '조회했으나 찾지 못했습니다' },
  failed: { en: 'could not look: {why}', ko: '조회하지 못했습니다: {why}' },
} as const satisfies Record<string, Said>

/** What stands before or behind any of them. */
export const FRAMES = {
  about: { en: '{ref}: {sentence}', ko: '결제 {ref}: {sentence}' },
  marked: { en: '{sentence}; its mark is {mark}', ko: '{sentence}. 확인 표시(seen): {mark}' },
} as const satisfies Record<string, Said>

/** A checkpoint has looked, and it still waits. */
export const STILL_WAITS = {
  refund: {
    en: 'refund {refund} of order {order}: {state} since {since}; {look}',
    ko: '환불 {refund}(주문 {order}): {since}부터 {state} 상태입니다. {look}',
  },
  orderAgainst: {
    en: 'order {order} has been held since {since}, for the gateway speaks against our books: {against}; {look}; release it',
    ko: '주문 {order}: 게이트웨이 응답이 장부와 어긋나 {since}부터 보류 중입니다({against}). {look}. release하십시오',
  },
  order: {
    en: 'order {order} has held money since {since} that nobody has decided on; {look}; accept or refund it',
    ko: '주문 {order}: 들어온 금액의 처리를 {since}부터 아무도 결정하지 않았습니다. {look}. accept 또는 refund하십시오',
  },
  strayAgainst: {
    en: '{ref} of order {order} is held, for the gateway speaks against our books: {against}; {look}; release it',
    ko: '결제 {ref}(주문 {order}): 게이트웨이 응답이 장부와 어긋나 보류 중입니다({against}). {look}. release하십시오',
  },
  stray: {
    en: '{ref} of order {order} has held money since {since} that nobody has decided on; {look}; accept or refund it',
    ko: '결제 {ref}(주문 {order}): 들어온 금액의 처리를 {since}부터 아무도 결정하지 않았습니다. {look}. accept 또는 refund하십시오',
  },
} as const satisfies Record<string, Said>

/** Why no ticket can be filed, and what ends it. */
export const NOT_FILED = {
  noAttempt: {
    en: 'the attempt that this refund belongs to is not in the books',
    ko: '이 환불이 속한 결제 시도가 장부에 없습니다',
  },
  notRefundable: {
    en: 'payments by {method} cannot be refunded at Paymentwall ({source}); pay it back by bank and resolve it as settledElsewhere',
    ko: '{method} 결제는 페이먼트월에서 환불할 수 없습니다({source}). 계좌 이체로 환불한 뒤 settledElsewhere로 resolve하십시오',
  },
  limitPassed: {
    en: 'payments by {method} can be refunded within {days} days ({source}), and this one is older; pay it back by bank and resolve it as settledElsewhere',
    ko: '{method} 결제는 결제 후 {days}일 안에만 환불할 수 있는데({source}), 이 결제는 그 기한이 지났습니다. 계좌 이체로 환불한 뒤 settledElsewhere로 resolve하십시오',
  },
  limitNear: {
    en: 'payments by {method} can be refunded within {days} days, of which {left} whole ones are left; ask the desk to hurry, and do not wait for the usual reminders',
    ko: '{method} 결제는 결제 후 {days}일 안에만 환불할 수 있고, 이제 만 {left}일 남았습니다. 평소의 알림을 기다리지 말고 페이먼트월 담당 창구에 서둘러 달라고 요청하십시오',
  },
  contradicted: {
    en: 'the gateway speaks against our books of this order; it goes on by itself once that is released, or the evidence agrees again',
    ko: '게이트웨이 응답이 이 주문의 장부와 어긋납니다. release하거나 증거가 다시 일치하면 자동으로 이어집니다',
  },
  firstWentBack: {
    en: 'others have taken back the payment that had settled the order, so this second one is not given back by itself; retryTicket sends it, accept keeps it',
    ko: '주문을 성립시킨 결제가 외부에서 반환되었으므로, 두 번째 결제인 이 건은 자동으로 환불하지 않습니다. 환불하려면 retryTicket, 인정하려면 accept를 쓰십시오',
  },
  bothGoBack: {
    en: 'others took back the payment that had settled the order (console or chargeback), while this second payment was on its way back by policy: with both gone the order is unpaid; retryTicket sends it, accept keeps it',
    ko: '두 번째 결제를 정책에 따라 환불하려는 사이에 주문을 성립시킨 결제가 외부(콘솔 또는 차지백)에서 반환되었습니다. 둘 다 반환되면 주문은 미결제가 됩니다. 환불하려면 retryTicket, 인정하려면 accept를 쓰십시오',
  },
  bothOnTheirWay: {
    en: 'others took back the payment that had settled the order (console or chargeback), while this second payment was on its way back by policy: with both gone the order is unpaid; its ticket is on its way, or may be: ask the desk to drop it, or let it go',
    ko: '두 번째 결제를 정책에 따라 환불하는 사이에 주문을 성립시킨 결제가 외부(콘솔 또는 차지백)에서 반환되었습니다. 둘 다 반환되면 주문은 미결제가 됩니다. 이 환불의 취소 요청은 이미 나갔거나 나갔을 수 있으니, 페이먼트월 담당 창구에 티켓을 폐기해 달라고 요청하거나 그대로 두십시오',
  },
  entriesDiffer: {
    en: 'the gateway counts {returned} as returned, its cancel entries add up to {booked}; find out which is right before a ticket is filed',
    ko: '게이트웨이가 집계한 반환액은 {returned}인데 취소 내역의 합은 {booked}입니다. 티켓을 접수하기 전에 어느 쪽이 맞는지 확인하십시오',
  },
  sumsDiffer: {
    en: 'the gateway’s own sums and its cancel entries differ ({sums}, {currency} in minor units); find out which is right before a ticket is filed',
    ko: '게이트웨이가 집계한 합계와 취소 내역이 다릅니다({sums}, {currency} 최소 단위 기준). 티켓을 접수하기 전에 어느 쪽이 맞는지 확인하십시오',
  },
  foreignTicket: {
    en: 'the gateway shows an open request for a cancel of this payment that is none of ours ({tickets}, {currency} in minor units); it goes on by itself once that has ended',
    ko: '우리가 보내지 않은 이 결제의 취소 요청이 게이트웨이에 열려 있습니다({tickets}, {currency} 최소 단위 기준). 그 요청이 끝나면 자동으로 이어집니다',
  },
  overReserved: {
    en: 'more is returned or reserved than was paid',
    ko: '반환액과 예약액의 합이 결제액보다 많습니다',
  },
  approvalNeeded: {
    en: 'asked for in Temporal without a key, with others like it {together} of this payment, which is above the limit; another person approves it (ops approve --request {request}), or it is withdrawn',
    ko: 'Temporal에서 키 없이 요청되었습니다. 이 결제에 대한 같은 종류의 요청을 합한 금액({together})이 한도를 넘습니다. 다른 담당자가 승인하거나(ops approve --request {request}) withdraw해야 합니다',
  },
  refused: { en: 'the gateway refused the cancel: {said}', ko: '게이트웨이가 취소를 거절했습니다: {said}' },
  shownAsFailed: {
    en: 'the gateway refused the cancel: it shows its request as failed',
    ko: '게이트웨이가 취소를 거절했습니다: 취소 요청이 실패로 표시됩니다',
  },
} as const satisfies Record<string, Said>

/** The database went back in time. */
export const LOST = {
  keys: {
    en: 'the database has lost what was asked for under {keys}; it may have been sent, so nothing is sent again. Was a backup restored?',
    ko: '데이터베이스에서 요청 기록이 사라졌습니다({keys}). 이미 발송되었을 수 있으므로 아무것도 다시 보내지 않습니다. 백업을 복원했습니까?',
  },
  since: {
    en: 'the database has lost what this refund came to since; compare the gateway, then retryTicket or withdraw. Was a backup restored?',
    ko: '이 환불에 그 뒤로 일어난 일이 데이터베이스에서 사라졌습니다. 게이트웨이와 비교한 뒤 retryTicket이나 withdraw를 쓰십시오. 백업을 복원했습니까?',
  },
  ending: {
    en: 'the database has lost how the call under {key} ended, so nothing is sent again. Was a backup restored?',
    ko: '{key} 호출의 결과가 데이터베이스에서 사라졌으므로 아무것도 다시 보내지 않습니다. 백업을 복원했습니까?',
  },
  intent: {
    en: 'the database lost the intent under {key} while its call was under way; it is written after all. Was there a failover?',
    ko: '호출이 진행되는 사이에 {key}의 발송 예정 기록이 데이터베이스에서 사라져 다시 적었습니다. 장애 조치(failover)가 있었습니까?',
  },
  request: {
    en: 'the gateway shows its request, of which the rows knew nothing; it is written after all. Was a backup restored?',
    ko: '데이터베이스에 기록이 없는 이 환불의 요청이 게이트웨이에 나타나 다시 적었습니다. 백업을 복원했습니까?',
  },
} as const satisfies Record<string, Said>

/** Money that went back, and how it fits what was asked for. */
export const WENT_BACK = {
  all: { en: 'all', ko: '전액' },
  part: { en: '{booked} of {asked}', ko: '{asked} 중 {booked}' },
  smallerOver: {
    en: 'the gateway booked {part} of this refund; the refund is over, so nobody waits for the rest',
    ko: '게이트웨이가 이 환불의 일부만 기록했습니다({part}). 환불이 이미 종결되어 나머지를 기다리는 곳이 없습니다',
  },
  smaller: {
    en: 'the gateway booked {part} of this refund; it waits for the rest',
    ko: '게이트웨이가 이 환불의 일부만 기록했습니다({part}). 나머지를 기다립니다',
  },
  larger: {
    en: 'the gateway paid back {excess} more than this refund asked for',
    ko: '게이트웨이가 이 환불의 요청액보다 {excess} 더 환불했습니다',
  },
  byBankToo: {
    en: 'the gateway paid back {part} of this refund, which had been paid back by bank: paid back twice',
    ko: '이미 계좌 이체로 환불한 건을 게이트웨이도 환불했습니다({part}). 두 번 환불되었습니다',
  },
  overtaken: {
    en: 'the gateway paid back {part} of this refund, which had been overtaken by other money',
    ko: '다른 반환이 금액을 먼저 차지해 대체종결된 환불인데 게이트웨이가 환불했습니다({part})',
  },
  bookedAgain: {
    en: 'a cancel that was gone is booked again, and the bank has paid it back: paid back twice',
    ko: '사라졌던 취소가 다시 기록되었는데 이미 계좌 이체로 환불했습니다. 두 번 환불되었습니다',
  },
  namedTwice: {
    en: 'a cancel of {amount} names this refund, which had already been paid back',
    ko: '이미 환불된 이 건을 가리키는 {amount}의 취소가 또 있습니다',
  },
  byAmount: {
    en: 'a cancel whose reason does not name it was taken as this refund, by amount and time; its amount stays reserved until the desk says that its ticket is dead (resolve as refunded with ticketDead)',
    ko: '사유에 이 환불이 적히지 않은 취소를 금액과 시각만 보고 이 환불로 처리했습니다. 페이먼트월 담당 창구에서 티켓이 종료되었다고 할 때까지 금액은 예약된 채로 둡니다(ticketDead를 붙여 refunded로 resolve)',
  },
  namesAnother: {
    en: 'the cancel that was taken as this refund names {other} by now: ask the desk which of the two was carried out',
    ko: '이 환불로 처리한 취소가 이제 다른 환불을 가리킵니다({other}). 둘 중 어느 것이 처리되었는지 페이먼트월 담당 창구에 문의하십시오',
  },
  namedLate: {
    en: 'the cancel of {amount} that was booked as moved outside ({outside}) names this refund by now: that much of it has gone back already. Ask the desk what is left of its ticket; where nothing is, resolve it as refused with ticketDead',
    ko: '외부 반환으로 기록한 {amount}의 취소({outside})가 이제 이 환불을 가리킵니다. 그만큼은 이미 반환되었습니다. 티켓에 남은 금액이 있는지 페이먼트월 담당 창구에 문의하고, 없으면 ticketDead를 붙여 refused로 resolve하십시오',
  },
  fitsSeveral: {
    en: 'a cancel of {amount} names no refund and fits {refunds} alike, so it is booked as moved outside: ask the desk whose ticket was worked off',
    ko: '{amount}의 취소가 어느 환불인지 밝히지 않고 여러 환불({refunds})에 똑같이 들어맞아 외부 반환으로 기록했습니다. 어느 환불의 티켓이 처리되었는지 페이먼트월 담당 창구에 문의하십시오',
  },
  unsureAgain: {
    en: 'a cancel of the amount that was gone, which says nothing else, is taken as that one: ask the desk whether it is, or another’s',
    ko: '사라졌던 취소와 금액이 같고 다른 정보가 없는 취소를 같은 취소로 처리했습니다. 같은 것인지 다른 환불의 것인지 페이먼트월 담당 창구에 문의하십시오',
  },
  reversed: {
    en: 'the gateway took back a cancel that it had booked; the payer may not have the money. Until it is settled by this refund’s own commands (recheck, retryTicket, resolve) its payment is shown as: {state}',
    ko: '게이트웨이가 기록했던 취소를 번복했습니다. 구매자가 돈을 받지 못했을 수 있습니다. 이 환불의 명령(recheck, retryTicket, resolve)으로 정리할 때까지 결제는 {state} 상태로 보입니다',
  },
  tookReserved: {
    en: 'refund {refund} was overtaken by money that moved elsewhere; ask the desk to drop its ticket',
    ko: '다른 경로의 반환이 환불 {refund}에 예약된 금액을 먼저 차지했습니다. 페이먼트월 담당 창구에 그 티켓을 폐기해 달라고 요청하십시오',
  },
  overReturned: {
    en: '{returned} returned and {reserved} reserved of {paid} paid: more than there was',
    ko: '결제액 {paid} 가운데 반환 {returned}, 예약 {reserved}입니다. 둘을 합하면 결제액보다 많습니다',
  },
} as const satisfies Record<string, Said>
