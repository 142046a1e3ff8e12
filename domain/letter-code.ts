/**
 * The code printed on a letter, by which a reply finds its account without naming it.
 *
 * Nine characters of Crockford's alphabet (no I, L, O or U): eight carry a number that the caller draws at random, the
 * ninth checks them. The number must not come from the account number, nor be one that a neighbor could count on from.
 */
import { invariant } from './invariant.js'
import { accepted, refused } from './refusal.js'
import type { Outcome } from './refusal.js'

declare const code: unique symbol
/** As stored and as in the barcodes: nine characters without hyphens. */
export type LetterCode = string & { readonly [code]: true }

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const DIGITS = 8
/** Letter codes are numbered from 0 up to this, exclusive. */
export const LETTER_CODES = ALPHABET.length ** DIGITS

/** @param number a whole number, 0 inclusive to LETTER_CODES exclusive; the same number gives the same code. */
export function letterCode(number: number): LetterCode {
  invariant(
    Number.isInteger(number) && number >= 0 && number < LETTER_CODES,
    'a letter code is made from a number in range',
  )
  const values: number[] = []
  for (let rest = number, i = 0; i < DIGITS; i++, rest = Math.floor(rest / ALPHABET.length))
    values.unshift(rest % ALPHABET.length)
  return [...values, checkValue(values)].map((value) => ALPHABET[value]).join('') as LetterCode
}

/** As printed for people: `7K3-M9Q-XWP`. */
export function formatLetterCode(letter: LetterCode): string {
  return `${letter.slice(0, 3)}-${letter.slice(3, 6)}-${letter.slice(6)}`
}

/** Reads what a person typed or a scanner sent: any case, with or without spaces and hyphens, O for 0, I or L for 1. */
export function readLetterCode(typed: string): Outcome<LetterCode> {
  const plain = typed
    .toUpperCase()
    .replace(/[\s\-‐-―−]/gu, '')
    .replace(/O/g, '0')
    .replace(/[IL]/g, '1')
  const values = [...plain].map((character) => ALPHABET.indexOf(character))
  if (values.length !== DIGITS + 1 || values.includes(-1)) {
    return refused(
      'LETTER_CODE_SHAPE',
      `A letter code has ${DIGITS + 1} letters and digits, without U; type it as printed above the barcode.`,
    )
  }
  if (checkValue(values.slice(0, DIGITS)) !== values[DIGITS]) {
    return refused(
      'LETTER_CODE_CHECK',
      'This letter code has a mistyped or exchanged character; compare it with the printed one.',
    )
  }
  return accepted(plain as LetterCode)
}

/**
 * Weighted sum over the field of 32 elements, every place with its own power of the generator: one wrong character and
 * any two exchanged ones always change it.
 */
function checkValue(values: readonly number[]): number {
  let sum = 0
  for (const value of values) sum = timesGenerator(sum ^ value)
  return sum
}

/** Multiplies by x modulo x^5 + x^2 + 1. */
function timesGenerator(value: number): number {
  return value & 16 ? (value << 1) ^ 0b100101 : value << 1
}
