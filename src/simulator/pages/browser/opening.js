// Opens the payment window over a page and waits until it says how it ended, or is closed.
// Must not know who asks: the vendors' scripts and the shop both open it.
import { element, t } from './page.js'

/** How the window may end; approved late: under review, ready: the buyer left. */
const ENDINGS = /** @type {const} */ (['paid', 'declined', 'approvedLate', 'ready', 'closed'])
/** @typedef {typeof ENDINGS[number]} Ending */
/** @typedef {{ ending: Ending, ref: string | null }} Ended */

/**
 * @param {string} address
 * @returns {Promise<Ended>}
 */
export function openFrame(address) {
  const frame = element('iframe', { src: address, title: t('window.title') })
  const dialog = element('dialog', { class: 'window', 'aria-label': t('window.title') }, frame)
  document.body.append(dialog)
  dialog.showModal()
  return new Promise((resolve) => {
    /** @param {MessageEvent} message */
    const hear = ({ source, data }) => {
      if (source === frame.contentWindow && isEnded(data)) end(data)
    }
    /** @param {Ended} ended */
    const end = (ended) => {
      removeEventListener('message', hear)
      // Closed first, so that the focus goes back to where it was.
      dialog.close()
      dialog.remove()
      resolve(ended)
    }
    addEventListener('message', hear)
    dialog.addEventListener('cancel', () => end({ ending: 'closed', ref: null }))
  })
}

/**
 * @param {unknown} said
 * @returns {Ending | undefined}
 */
export function endingOf(said) {
  return ENDINGS.find((ending) => ending === said)
}

/**
 * @param {unknown} data
 * @returns {data is Ended}
 */
function isEnded(data) {
  return typeof data === 'object' && data !== null && 'ending' in data && 'ref' in data
}
