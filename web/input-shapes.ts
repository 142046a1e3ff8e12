/** Shapes that the inputs of several verbs share. */
import { z } from 'zod'
import { RATE_CLASSES } from '../domain/account.js'
import { instant } from '../domain/instant.js'
import { parseRate, type Rates } from '../domain/price-guard.js'

/** A line of words as typed. */
export const text = z.string().trim().min(1).max(500)
/** ISO 8601 with an offset. */
export const moment = z.string().transform((value, context) => {
  try {
    return instant(value)
  } catch {
    context.addIssue({ code: 'custom', message: 'expected a moment with its offset, like 2026-03-12T09:00:00-05:00' })
    return z.NEVER
  }
})
/** Cents per kWh in, thousandths of a cent out. */
export const rate = z.union([z.number(), z.string()]).transform((value, context) => {
  const read = parseRate(value)
  if (read.ok) return read.value
  context.addIssue({ code: 'custom', message: read.refusal.message })
  return z.NEVER
})
/** By rate class; a class may be left out. */
export const rates = z.partialRecord(z.enum(RATE_CLASSES), rate).transform((named): Rates => named as Rates)
/** Whole US dollars. */
export const dollars = z.int().nonnegative().default(0)
