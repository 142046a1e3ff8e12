/** The three bytes that give an interchange its shape. Every value is free of them. */
export interface Separators {
  readonly element: string
  readonly component: string
  readonly terminator: string
}

/** What we write with. What we read with comes from the file's own ISA. */
export const OUR_SEPARATORS: Separators = { element: '*', component: '>', terminator: '~' }

/** A segment: its name, then its elements; an element that is absent is the empty text. */
export type Segment = readonly string[]
