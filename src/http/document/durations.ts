// Durations within limits, as patterns for documents: JSON Schema compares no durations.
// Must not know: which fields are durations. A test holds each against the rule of the door.

/** Up to ten years. */
export const UP_TO_TEN_YEARS =
  '^(\\d{1,6}[sm]|(\\d{1,4}|[1-7]\\d{4}|8[0-6]\\d{3}|87[0-5]\\d{2}|87600)h|(\\d{1,3}|[12]\\d{3}|3[0-5]\\d{2}|36[0-4]\\d|3650)d)$'

/** One minute to thirty days. */
export const MINUTE_TO_MONTH =
  '^(([6-9]\\d|[1-9]\\d{2,5})s|([1-9]\\d{0,3}|[1-3]\\d{4}|4[0-2]\\d{3}|43[01]\\d{2}|43200)m|([1-9]\\d?|[1-6]\\d{2}|7[01]\\d|720)h|([1-9]|[12]\\d|30)d)$'
