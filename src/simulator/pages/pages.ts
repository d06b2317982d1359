// The pages for people, at `/`, and the files that they load.
// Must not know what a page does: it speaks to the control calls and to the shop's server.
import { Router, type RouterContext } from '@koa/router'
import { answerError, refuseStrangers } from '../desk/control.ts'
import type { Simulation } from '../world/simulation.ts'
import { fileText, guardPage, sendPage, type PageName } from './page.ts'

const PAGE_AT = {
  '/': 'shop',
  '/orders': 'orders',
  '/desk': 'desk',
  '/wire': 'wire',
  '/window': 'window',
} as const satisfies Record<string, PageName>

/** Scripts at the vendors' own paths: a checkout's page loads what it was given, from here. */
const FILE_AT: Readonly<Record<string, string>> = {
  '/v1/iamport.js': 'sdk/iamport.js',
  '/v2/browser-sdk.js': 'sdk/portone.js',
  '/style.css': 'style.css',
  '/icon.svg': 'icon.svg',
  ...Object.fromEntries(
    [
      'page',
      'words',
      'switchWords',
      'money',
      'decimals',
      'opening',
      'order',
      'shop',
      'orders',
      'desk',
      'wire',
      'window',
    ].map((name) => [`/browser/${name}.js`, `browser/${name}.js`]),
  ),
}

/** For this machine alone, as the control calls are, which its pages ask. */
export function pageRoutes(simulation: Simulation): Router {
  const router = new Router()
  const open = (path: string, send: (context: RouterContext) => void) =>
    router.get(path, (context) => {
      try {
        refuseStrangers(context)
        send(context)
      } catch (error) {
        answerError(simulation, context, error)
      }
    })
  for (const [path, name] of Object.entries(PAGE_AT)) open(path, (context) => sendPage(context, name))
  for (const [path, file] of Object.entries(FILE_AT)) {
    open(path, (context) => {
      guardPage(context)
      context.type = path.slice(path.lastIndexOf('.'))
      context.body = fileText(file)
    })
  }
  open('/__sim', (context) => context.redirect('/desk'))
  return router
}
