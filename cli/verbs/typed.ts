/** What the verbs share: their options, and numbers as people type them. */
import type { VerbOptions } from '../command-options.js'
import { UsageError } from '../output.js'

export type Options<T> = VerbOptions & T

export function wholeNumber(name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new UsageError(`${name}: "${text}" is no whole number.`)
  return Number(text)
}
