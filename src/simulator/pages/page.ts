// One page as it is sent: an HTML file whose words are filled in, under a policy that runs no
// script but our own files and asks nobody else.
// Must not know what a page is for, nor who may see it.
import { readFileSync } from 'node:fs'
import type { Context } from 'koa'
import { WORDS, type Language } from './browser/words.js'
import { languageOf } from './language.ts'

export const PAGES = ['shop', 'orders', 'desk', 'wire', 'window', 'refused', 'unavailable'] as const
export type PageName = (typeof PAGES)[number]

/** The window of a direct project is framed from the address that the API names, a local one. */
const LOCAL = 'http://localhost:* http://127.0.0.1:*'
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  `frame-src 'self' ${LOCAL}`,
  `frame-ancestors 'self' ${LOCAL}`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ')

export function sendPage(context: Context, name: PageName): void {
  guardPage(context)
  context.type = 'html'
  context.vary('accept-language, cookie')
  context.body = pageText(name, languageOf(context), context.path)
}

/** What every file of the pages is sent under. */
export function guardPage(context: Context): void {
  context.set({
    'content-security-policy': POLICY,
    'cache-control': 'no-store',
    'referrer-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
  })
}

/** Throws for a word that no table has: every page is filled in by a test. */
export function pageText(name: PageName, language: Language, path: string): string {
  const header = fileText('html/header.html').replace(`<a href="${path}">`, `<a href="${path}" aria-current="page">`)
  return fileText(`html/${name}.html`)
    .replace('{{header}}', () => header)
    .replaceAll('{{language}}', language)
    .replaceAll(/\{\{([\w.]+)\}\}/g, (_, word: string) => escapeHtml(wordOf(word, language)))
}

function wordOf(word: string, language: Language): string {
  const known = Object.entries(WORDS).find(([name]) => name === word)
  if (!known) throw new Error(`A page asks for the word ${word}, and there is none.`)
  return known[1][language]
}

/** A file of this folder. */
export function fileText(name: string): string {
  return readFileSync(new URL(name, import.meta.url), 'utf8')
}

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`)
}
