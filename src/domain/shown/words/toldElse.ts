// The sentences of alerts about orders, messages of gateways, notices, accounts and what is
// overdue: what happened, with ids and amounts, and what to do about it.
// Must not know: who raises an alert, how loud it is, how it is delivered.
import type { Said } from '../../../language.ts'

export const OF_ORDERS = {
  approval: {
    en: "{name} of {amount} waits for another person's approval as request {request}; ops show tells its outcome and reason, ops approve --request {request} carries it out",
    ko: '{name} {amount}: 다른 담당자의 승인을 기다립니다(요청 {request}). 요청 내용(결과와 사유)은 ops show로 확인하고, 실행하려면 승인하십시오(ops approve --request {request})',
  },
  withOthers: {
    en: '{own} ({together} with the others of this payment that nobody with a key asked for)',
    ko: '{own}(키 없이 요청된 이 결제의 다른 건과 합하면 {together})',
  },
  cancelRequested: {
    en: 'a cancellation of the workflow was asked for in Temporal; it stops nothing, for a ticket cannot be called back; use withdraw or resolve for a refund, close for an order, accept or refund for money',
    ko: 'Temporal에서 워크플로 취소가 요청되었습니다. 티켓은 되돌릴 수 없으므로 아무것도 멈추지 않습니다. 환불에는 withdraw나 resolve, 주문에는 close, 들어온 금액에는 accept나 refund를 쓰십시오',
  },
  payerUnseen: {
    en: '{order}: its buyer came back from the payment window, nothing that was signed says that it is paid, and its time is over; {unseen}',
    ko: '주문 {order}: 구매자가 결제창에서 돌아왔으나 결제되었다는 서명된 메시지가 없는 채로 결제 기한이 지났습니다. 조회할 수 없는 이유: {unseen}',
  },
  deliveryUntold: {
    en: 'order {order} is paid and to be shipped, and since {since} the gateway has been told of no delivery that it took; without one it may withhold the money',
    ko: '주문 {order}: 결제되어 배송해야 하는데 {since}부터 게이트웨이가 받아들인 배송 통보가 없습니다. 통보가 없으면 게이트웨이가 정산을 보류할 수 있습니다',
  },
  held: { en: '{money} {because}; accept it or refund it', ko: '{money}: {because}. accept 또는 refund하십시오' },
  statusUnknown: {
    en: 'the gateway says {status} of this attempt, which means nothing here, so it counts as unpaid; look in its console whether there is money in it',
    ko: '게이트웨이가 알려 온 상태({status})의 뜻을 알 수 없어 결제되지 않은 것으로 봅니다. 실제로 결제된 금액이 있는지 콘솔에서 확인하십시오',
  },
  contradicted: {
    en: 'the gateway speaks against our books: {against}. Nothing of it is booked or accepted, and refunds of this order are held; compare the console, then release it',
    ko: '게이트웨이 응답이 장부와 어긋납니다: {against}. 그 내용은 기록하지도 인정하지도 않으며 이 주문의 환불은 보류됩니다. 콘솔과 비교한 뒤 release하십시오',
  },
  sumsDiffer: {
    en: 'the gateway counts {returned} as returned, its cancel entries add up to {listed}, and {booked} is booked; no ticket is filed until they agree: find out which is right',
    ko: '게이트웨이가 집계한 반환액은 {returned}, 취소 내역의 합은 {listed}, 장부에 기록된 금액은 {booked}입니다. 일치할 때까지 티켓을 접수하지 않으니 어느 쪽이 맞는지 확인하십시오',
  },
} as const satisfies Record<string, Said>

/** Messages that a gateway has signed. */
export const SIGNED = {
  gift: {
    en: 'customer service has given this to the buyer, which is told like a payment: it may be delivered, and it may bring no money',
    ko: '고객 지원팀이 구매자에게 무상으로 제공한 것을 결제처럼 알려 왔습니다. 배송해도 되지만 들어오는 돈은 없을 수 있습니다',
  },
  partUnsaid: {
    en: '{said}, and how much it does not say: compare the console',
    ko: '게이트웨이 메시지({said})에 금액이 없습니다. 콘솔과 비교하십시오',
  },
  eventUnknown: {
    en: 'it was told {said}, which this program does not know: compare the console',
    ko: '이 프로그램이 모르는 종류의 메시지입니다({said}). 콘솔과 비교하십시오',
  },
  allTwice: {
    en: 'all of it went back once more ({said}), and all had gone back before: find out whether it was paid back twice',
    ko: '이미 전액이 반환되었는데 다시 전액이 반환되었다는 메시지입니다({said}). 두 번 환불되었는지 확인하십시오',
  },
  partUncounted: {
    en: '{said}, in an amount that cannot be counted here: compare the console',
    ko: '게이트웨이 메시지({said})의 금액을 여기서 계산할 수 없습니다. 콘솔과 비교하십시오',
  },
  partTooMuch: {
    en: 'a second part was told for refund {refund}, {said} after {booked}, which is more than it asked for: compare the console',
    ko: '환불 {refund}의 일부가 반환되었다는 메시지가 다시 왔습니다. 앞서 {booked}, 이번에 {said}이며 합하면 요청액보다 많습니다. 콘솔과 비교하십시오',
  },
  partUnsure: {
    en: 'a second part was told for refund {refund}, {said} after {booked}: whether the second counts the first in is not said, so the less is booked; compare the console',
    ko: '환불 {refund}의 일부가 반환되었다는 메시지가 다시 왔습니다. 앞서 {booked}, 이번에 {said}입니다. 이번 금액이 앞선 금액을 포함하는지 알 수 없어 적은 쪽으로 기록했습니다. 콘솔과 비교하십시오',
  },
  unreadable: {
    en: 'a signed message is kept for a person, for it cannot be read: {why}',
    ko: '서명된 메시지를 읽을 수 없어 담당자가 확인하도록 보관합니다: {why}',
  },
  kept: {
    en: '{ref}: a signed message is kept for a person: {why}',
    ko: '결제 {ref}: 서명된 메시지를 담당자가 확인하도록 보관합니다. {why}',
  },
  signatureDiffers: {
    en: 'its signature does not fit any more',
    ko: '서명이 더는 맞지 않습니다',
  },
  notBooked: { en: 'it could not be booked: {said}', ko: '기록하지 못했습니다: {said}' },
  buyerDiffers: {
    en: 'it names another buyer than the order {order}',
    ko: '주문 {order}의 구매자와 다른 구매자가 적혀 있습니다',
  },
  otherGateway: { en: '{order} is an order at {gateway}', ko: '이 주문({order})은 {gateway}의 주문입니다' },
  unknownOrder: {
    en: 'it is about {order}, an order that is not known here; it is judged once that is recorded',
    ko: '등록되지 않은 주문({order})에 관한 것이며, 주문이 등록되면 판정합니다',
  },
} as const satisfies Record<string, Said>

/** What came in, and nobody could look at or book. */
export const CAME_IN = {
  parked: {
    en: '{count} hints about {subject} are kept for a person, for no look could be booked: {said}',
    ko: '{subject}에 관한 힌트 {count}건: 조회 결과를 기록하지 못해 담당자가 확인하도록 보관합니다. 이유: {said}',
  },
  flood: {
    en: 'more webhooks about unknown orders, or unreadable ones, come than are kept: {count} so far from {senders}; they were only counted, and hints about what is known here are kept and looked at as ever',
    ko: '등록되지 않은 주문에 관한 웹훅이나 읽을 수 없는 웹훅이 보관 한도보다 많이 들어옵니다. 지금까지 {count}건(보낸 곳: {senders})은 건수만 세었습니다. 여기에 등록된 주문과 결제에 관한 힌트는 평소처럼 보관하고 조회합니다',
  },
  senders: { en: '{senders} and {count} more', ko: '{senders} 외 {count}곳' },
  forged: {
    en: 'messages to the door of {kind}, {whose}, are refused for their signature: {times} so far, the first from {sender}: {why}; nothing of them is kept, and this is told once an hour',
    ko: '{kind} 웹훅 주소로 온 메시지({whose})를 서명이 틀려 거절하고 있습니다. 지금까지 {times}건, 처음 보낸 곳은 {sender}입니다: {why}. 메시지 내용은 보관하지 않으며 이 경보는 한 시간에 한 번만 보냅니다',
  },
  ofGateway: { en: "from the gateway's own addresses", ko: '게이트웨이의 주소에서 옴' },
  ofStrangers: { en: 'from addresses of nobody known here', ko: '알려지지 않은 주소에서 옴' },
  nameless: {
    en: '{count} of the {status} payments that {gateway} lists can be read by nobody here, not even their ids; compare its console with GET /payments for the last hour',
    ko: '{gateway}의 {status} 목록에 있는 결제 {count}건은 id조차 읽을 수 없습니다. 지난 한 시간의 콘솔 내역과 GET /payments를 비교하십시오',
  },
  listed: {
    en: '{what} is listed by {gateway} and cannot be read: {why}; it is kept in the inbox: compare it with the console',
    ko: '{gateway}의 목록에 있는 {what}: 읽을 수 없습니다({why}). 수신함에 보관했으니 콘솔과 비교하십시오',
  },
  ofOrder: { en: 'a payment of {order}', ko: '주문 {order}의 결제' },
} as const satisfies Record<string, Said>

export const NOT_TAKEN = {
  notice: {
    en: 'notice {number} of order {order} was tried for a day and is parked: {said}; later ones go on, and a person may resend it',
    ko: '주문 {order}의 통지 {number}번을 하루 동안 시도했으나 전달하지 못해 발송을 멈추고 보관했습니다: {said}. 이후의 통지는 계속 나가며, 이 통지는 담당자가 다시 보낼 수 있습니다',
  },
  notices: {
    en: '{count} notices of {orders} orders were a day old before they could be tried and are parked, the first of order {order}; everything is in GET /payments, and a person may resend them',
    ko: '주문 {orders}건의 통지 {count}건이 발송을 시도하기도 전에 하루가 지나, 보내지 않고 보관했습니다(첫 주문: {order}). 내용은 모두 GET /payments에 있으며, 담당자가 다시 보낼 수 있습니다',
  },
} as const satisfies Record<string, Said>

export const ACCOUNT = {
  channelsGone: {
    en: 'none of its channels ({channels}) is shown any more',
    ko: '이 계정의 채널({channels})이 하나도 보이지 않습니다',
  },
  paymentsGone: {
    en: 'its {count} newest paid payments ({refs}) are all unknown to it',
    ko: '최근 결제 {count}건({refs})이 하나도 조회되지 않습니다',
  },
  differs: {
    en: '{gateway} answers for another account than the one that is remembered: {differs}. Nothing was settled by it; mend the keys, or accept it by ops account accept {gateway}',
    ko: '{gateway}: 기억해 둔 계정이 아닌 다른 계정으로 응답하고 있습니다({differs}). 그 응답으로 확정한 것은 없습니다. 키를 바로잡거나 이 계정을 받아들이십시오(ops account accept {gateway})',
  },
} as const satisfies Record<string, Said>

/** Of Temporal, and of what is late. */
export const LATE = {
  withoutRow: {
    en: '{workflow} runs in Temporal and has no row in this database; was a backup restored? Compare both with the gateway before anybody terminates it',
    ko: 'Temporal에서 실행 중인 {workflow}의 행이 이 데이터베이스에 없습니다. 백업을 복원했습니까? terminate하기 전에 양쪽을 게이트웨이와 비교하십시오',
  },
  row: { en: '{rows} row is overdue', ko: '지연된 행 {rows}' },
  rows: { en: '{rows} rows are overdue', ko: '지연된 행 {rows}' },
  exactly: { en: '{count}', ko: '{count}개' },
  orMore: { en: '{count} or more', ko: '{count}개 이상' },
  which: {
    en: '{rows} ({kinds}; {amounts}), the oldest: {oldest}',
    ko: '{rows}({kinds}; {amounts}). 가장 오래된 것: {oldest}',
  },
  one: { en: '{saga} since {since} ({what})', ko: '{saga}({since}부터, {what})' },
  wake: {
    en: 'the oldest wake has not left since {since}',
    ko: '가장 오래된 깨움 신호가 {since}부터 나가지 못했습니다',
  },
  lists: { en: 'lists were not read to an end: {lists}', ko: '끝까지 읽지 못한 목록: {lists}' },
  list: { en: '{status} of {gateway} since {since}', ko: '{gateway}의 {status} 목록({since}부터)' },
  schedules: { en: 'Schedules that do not run: {schedules}', ko: '실행되지 않는 스케줄: {schedules}' },
  schedule: { en: '{name} since {since}', ko: '{name}({since}부터)' },
  over: {
    en: 'nothing is overdue any more as of {at}; it was first told at {since}',
    ko: '{at} 현재 지연된 것이 없습니다. 지연을 처음 알린 때는 {since}입니다',
  },
} as const satisfies Record<string, Said>

export const LATE_ONE = {
  payment: { en: '{count} payment', ko: '결제 {count}건' },
  refund: { en: '{count} refund', ko: '환불 {count}건' },
  stray: { en: '{count} stray', ko: '주문 없는 결제 {count}건' },
} as const satisfies Record<string, Said>
export const LATE_MANY = {
  payment: { en: '{count} payments', ko: '결제 {count}건' },
  refund: { en: '{count} refunds', ko: '환불 {count}건' },
  stray: { en: '{count} strays', ko: '주문 없는 결제 {count}건' },
} as const satisfies Record<keyof typeof LATE_ONE, Said>
/** What a late row waits for. */
export const LATE_FOR = {
  checkpoint: { en: 'checkpoint', ko: '점검' },
  expiry: { en: 'expiry', ko: '주문 종료' },
  registration: { en: 'registration', ko: '등록' },
  filing: { en: 'filing', ko: '접수' },
} as const satisfies Record<string, Said>
