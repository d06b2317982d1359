// What the wire's page calls the faults, the scenarios and what moved, in both languages.
// Must not know what they do: their own names are the simulator's, and a test finds each here.

/** @typedef {import('./words.js').Said} Said */

/** @type {Readonly<Record<string, Said>>} */
export const FAULT_WORDS = {
  webhooks: { en: 'Messages to the merchant', ko: '상점으로 가는 메시지' },
  'webhooks deliver': { en: 'delivered', ko: '전달' },
  'webhooks drop': { en: 'lost', ko: '유실' },
  'webhooks delay': { en: 'late', ko: '지연' },
  'webhooks duplicate': { en: 'twice', ko: '중복' },
  'webhooks reorder': { en: 'out of order', ko: '순서 바뀜' },
  cancel: { en: 'Cancel calls', ko: '취소 호출' },
  'cancel accept': { en: 'file a ticket', ko: '티켓 접수' },
  'cancel refuse': { en: 'are refused', ko: '거절' },
  'cancel instant': { en: 'are done at once', ko: '즉시 처리' },
  'cancel lostAnswer': { en: 'filed, answer lost', ko: '접수 후 응답 유실' },
  'cancel timeoutBefore': { en: 'never arrive', ko: '도달하지 않음' },
  'cancel error500': { en: 'fail', ko: '실패' },
  'cancel error500After': { en: 'filed, then fail', ko: '접수 후 실패' },
  reads: { en: 'Looks', ko: '조회' },
  'reads ok': { en: 'answered', ko: '응답' },
  'reads slow': { en: 'slow', ko: '느림' },
  'reads error500': { en: 'fail', ko: '실패' },
  'reads forbidden403': { en: 'forbidden', ko: '금지' },
  token: { en: 'The merchant’s token', ko: '상점의 토큰' },
  'token ok': { en: 'good', ko: '정상' },
  'token expireNow': { en: 'expire now, once', ko: '지금 한 번 만료' },
  account: { en: 'The keys are of', ko: '키의 주인' },
  'account ours': { en: 'this shop', ko: '이 상점' },
  'account other': { en: 'another shop', ko: '다른 상점' },
}

/** In English a scenario says itself what happens. */
/** @type {Readonly<Record<string, string>>} */
export const SCENARIOS_IN_KOREAN = {
  'late-approval': '부정거래 심사로 멈춘 결제가 하루 뒤에 승인됩니다',
  'review-then-approval': '결제가 2분 동안 심사를 받고 통과합니다',
  'silent-refusal': '페이먼트월 담당자가 티켓을 거절하고 아무에게도 알리지 않습니다',
  'forgotten-ticket': '티켓이 두 달 동안 방치되었다가 처리됩니다',
  'desk-on-holiday': '페이먼트월 담당자가 일주일 넘게 자리를 비운 뒤 티켓이 처리됩니다',
  'chargeback-overtakes': '티켓이 열려 있는 동안 구매자의 은행이 차지백으로 돈을 회수합니다',
  'done-without-its-name': '티켓이 처리되지만 핑백이 어느 환불인지 밝히지 않습니다',
  'partial-twice': '페이먼트월 담당자가 같은 티켓을 두 번 처리해 한 환불의 일부 금액이 두 번 나갑니다',
  'lost-answer': '티켓은 접수되지만 취소 호출의 응답이 오지 않고, 티켓은 나중에 처리됩니다',
  'lost-webhook': '결제되었다는 웹훅이 영영 도착하지 않습니다',
  'lost-pingback': '페이먼트월의 핑백이 도착하지 않고 30분 뒤 다시 옵니다',
  'forged-webhooks': '한 시간 동안 외부인이 위조한 웹훅을 보냅니다',
  'paid-twice': '구매자가 같은 주문을 두 번 결제합니다',
  'console-cancel': '누군가 아무에게도 알리지 않고 콘솔에서 결제를 취소합니다',
  'fraud-found-later': '하루 뒤 카드 부정 사용으로 밝혀져 은행이 차지백으로 돈을 회수합니다',
  'gateway-down': '결제 직후 몇 시간 동안 게이트웨이의 모든 조회가 실패합니다',
}

/** What the simulator's log says that a call moved; the English is its own. */
/** @type {readonly { said: RegExp, ko: string }[]} */
export const MOVES_IN_KOREAN = [
  { said: /^paid (.+)$/, ko: '$1 결제' },
  { said: /^cancelled (.+)$/, ko: '$1 취소' },
  { said: /^failed (.+)$/, ko: '$1 실패' },
  { said: /^(\S+) opened for (.+)$/, ko: '$1 접수, $2' },
  { said: /^call gave back (.+)$/, ko: '티켓 처리로 $1 환불' },
  { said: /^console gave back (.+)$/, ko: '콘솔에서 $1 취소' },
  { said: /^chargeback gave back (.+)$/, ko: '차지백으로 $1 회수' },
  { said: /^said type (\d+)$/, ko: '유형 $1 통지' },
  { said: /^(\S+) paid at i'mport$/, ko: '아임포트에서 $1 결제됨' },
  { said: /^(\S+) cancelled at i'mport$/, ko: '아임포트에서 $1 취소됨' },
  { said: /^(\S+) prepared$/, ko: '$1 금액 등록' },
  { said: /^(\S+) changed$/, ko: '$1 금액 변경' },
  { said: /^the buyer comes back$/, ko: '구매자가 돌아옴' },
  { said: /^nothing new$/, ko: '새로운 것 없음' },
  { said: /^nothing.*$/, ko: '없음' },
]
