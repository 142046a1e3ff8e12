/**
 * The aggregate area as street ranges: which house numbers of which streets lie inside the corporate limits.
 *
 * Judged by the service address alone. ZIP code and postal city say where mail goes, not which village a house is in.
 */
import { readStreetAddress, streetKey } from './street-address.js'

export const STREET_SIDES = ['odd', 'even', 'both'] as const
export type StreetSide = (typeof STREET_SIDES)[number]

export interface StreetRange {
  readonly street: string
  /** House numbers, both ends inclusive. */
  readonly low: number
  readonly high: number
  readonly side: StreetSide
}

/** Ranges by street, in one spelling; a street may have many. */
export type Boundary = ReadonlyMap<string, readonly StreetRange[]>

export function boundaryOf(ranges: Iterable<StreetRange>): Boundary {
  const byStreet = new Map<string, StreetRange[]>()
  for (const range of ranges) {
    const key = streetKey(range.street)
    const known = byStreet.get(key)
    if (known) known.push(range)
    else byStreet.set(key, [range])
  }
  return byStreet
}

/** `unresolved`: no range names the street, or the address has no readable number; a person decides. */
export type Location = 'inside' | 'outside' | 'unresolved'

/** A hyphenated number is decided only when both its ends agree. */
export function locate(boundary: Boundary, serviceStreet: string): Location {
  const address = readStreetAddress(serviceStreet)
  if (!address) return 'unresolved'
  const ranges = boundary.get(address.street) ?? boundary.get(address.streetWithoutUnit)
  if (!ranges) return 'unresolved'
  const inside = address.numbers.filter((number) => ranges.some((range) => covers(range, number))).length
  if (inside === address.numbers.length) return 'inside'
  return inside === 0 ? 'outside' : 'unresolved'
}

function covers(range: StreetRange, number: number): boolean {
  if (number < range.low || number > range.high) return false
  return range.side === 'both' || range.side === (number % 2 === 0 ? 'even' : 'odd')
}
