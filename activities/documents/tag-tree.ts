/**
 * The structure of a tagged PDF: which stretch of which page is a heading, a paragraph, a cell, a picture with its text.
 *
 * Written by hand rather than with pdfkit's own structure elements, because the letters of a batch share the streams of
 * their constant text: the same marks recur on every letter's pages, and one compiled tree is stamped for each of them.
 */
import { internals } from './pdf-file.js'
import type { Pdf, PdfPage, PdfReference } from './pdf-file.js'

export type TagType =
  | 'Document'
  | 'Sect'
  | 'H1'
  | 'H2'
  | 'P'
  | 'Figure'
  | 'L'
  | 'LI'
  | 'LBody'
  | 'Table'
  | 'TR'
  | 'TH'
  | 'TD'
  | 'Form'
  | 'Caption'

export interface TagOptions {
  /** What a picture shows, or how a barcode is to be read out. */
  readonly alt?: string
  readonly language?: string
  readonly scope?: 'Column' | 'Row'
}

interface TagNode {
  readonly type: TagType
  readonly options: TagOptions
  readonly parent: number
  /** Child elements by index and marks by page, in reading order. */
  readonly kids: ({ readonly child: number } | { readonly page: number; readonly mark: number })[]
}

export interface TagTree {
  readonly nodes: readonly TagNode[]
  /** How many marks each page has, by index from the tree's first page. */
  readonly marks: readonly number[]
}

export interface Tagging {
  /** An element that holds what is tagged inside `body`. */
  group<T>(type: TagType, body: () => T, options?: TagOptions): T
  /** An element with one marked stretch of the current page. */
  leaf(type: TagType, draw: () => void, options?: TagOptions): void
  /** A further stretch of the innermost open element on the current page. */
  mark(draw: () => void): void
  /** Decoration and repeated matter: not part of the text. */
  artifact(draw: () => void): void
  /** An element whose content each letter draws itself; gives the operator that opens the marked stretch. */
  slot(type: TagType, options?: TagOptions): string
  /** Later marks are on the next page. */
  nextPage(): void
  tree(): TagTree
}

/** @param write gets the operators, for example pdfkit's `addContent`. */
export function tagging(write: (operators: string) => void, rootType: TagType): Tagging {
  const nodes: TagNode[] = [{ type: rootType, options: {}, parent: -1, kids: [] }]
  const marks: number[] = [0]
  let open = 0
  const add = (type: TagType, options: TagOptions): number => {
    nodes.push({ type, options, parent: open, kids: [] })
    ;(nodes[open] as TagNode).kids.push({ child: nodes.length - 1 })
    return nodes.length - 1
  }
  const markIn = (index: number): string => {
    const node = nodes[index] as TagNode
    const page = marks.length - 1
    const mark = marks[page] as number
    marks[page] = mark + 1
    node.kids.push({ page, mark })
    return `/${node.type} <</MCID ${mark}>> BDC`
  }
  const self: Tagging = {
    group(type, body, options = {}) {
      const before = open
      open = add(type, options)
      const result = body()
      open = before
      return result
    },
    leaf(type, draw, options = {}) {
      self.group(type, () => self.mark(draw), options)
    },
    mark(draw) {
      write(markIn(open))
      draw()
      write('EMC')
    },
    artifact(draw) {
      write('/Artifact BMC')
      draw()
      write('EMC')
    },
    slot(type, options = {}) {
      return markIn(add(type, options))
    },
    nextPage() {
      marks.push(0)
    },
    tree: () => ({ nodes, marks }),
  }
  return self
}

/** The structure tree of one file, to which any number of tag trees are stamped. */
export interface StructureRoot {
  /** Stamps the tree on the file's pages, of which the first is the tree's page 0; before the page after them is begun. */
  stamp(tree: TagTree, pages: readonly PdfPage[]): void
}

export function structureRoot(pdf: Pdf): StructureRoot {
  const file = internals(pdf)
  const root = file.ref()
  const [documentId, parentTreeId] = reserve(pdf, 2)
  const stamped: number[] = []
  const parentLists: number[] = []
  file._root.data.MarkInfo = file.ref({ Marked: true })
  file._root.data.StructTreeRoot = root
  root.data = { Type: 'StructTreeRoot', K: refTo(documentId), ParentTree: refTo(parentTreeId) }
  const end = root.end.bind(root)
  // pdfkit ends the root when the file ends: by then every tree is stamped
  root.end = () => {
    writeObjects(pdf, [
      [documentId, `<</Type/StructElem/S/Document/P ${root.id} 0 R/K[${stamped.map((id) => `${id} 0 R`).join(' ')}]>>`],
      [parentTreeId, `<</Nums[${parentLists.map((id, key) => `${key} ${id} 0 R`).join(' ')}]>>`],
    ])
    root.data.ParentTreeNextKey = parentLists.length
    end()
  }
  return {
    stamp(tree, pages) {
      const ids = reserve(pdf, tree.nodes.length)
      const lists = reserve(pdf, pages.length)
      const owners = tree.marks.map((count) => new Array<number>(count))
      const objects = tree.nodes.map((node, index): [number, string] => {
        const id = ids[index] as number
        for (const kid of node.kids) if ('mark' in kid) (owners[kid.page] as number[])[kid.mark] = id
        return [id, element(node, ids, pages, documentId)]
      })
      pages.forEach((page, i) => {
        objects.push([lists[i] as number, `[${(owners[i] ?? []).map((id) => `${id} 0 R`).join(' ')}]`])
        page.dictionary.data.StructParents = parentLists.length
        page.dictionary.data.Tabs = 'S'
        parentLists.push(lists[i] as number)
      })
      writeObjects(pdf, objects)
      stamped.push(ids[0] as number)
    },
  }
}

function element(node: TagNode, ids: readonly number[], pages: readonly PdfPage[], documentId: number): string {
  const first = node.kids.find((kid) => 'mark' in kid)
  const pageId = (page: number) => (pages[page] as PdfPage).dictionary.id
  const kids = node.kids.map((kid) => {
    if ('child' in kid) return `${ids[kid.child]} 0 R`
    return kid.page === first?.page ? String(kid.mark) : `<</Type/MCR/Pg ${pageId(kid.page)} 0 R/MCID ${kid.mark}>>`
  })
  const { alt, language, scope } = node.options
  return [
    `<</S/${node.type}/P ${node.parent < 0 ? documentId : ids[node.parent]} 0 R`,
    first === undefined ? '' : `/Pg ${pageId(first.page)} 0 R`,
    alt === undefined ? '' : `/Alt ${hexText(alt)}`,
    language === undefined ? '' : `/Lang ${hexText(language)}`,
    scope === undefined ? '' : `/A<</O/Table/Scope/${scope}>>`,
    `/K[${kids.join(' ')}]>>`,
  ].join('')
}

/** A PDF text string in UTF-16. */
function hexText(text: string): string {
  return `<FEFF${Buffer.from(text, 'utf16le').swap16().toString('hex')}>`
}

/** Ids of objects that `writeObjects` writes later. */
function reserve<N extends number>(
  pdf: Pdf,
  count: N,
): N extends 1 ? [number] : N extends 2 ? [number, number] : number[] {
  const { _offsets } = internals(pdf)
  const ids = Array.from({ length: count }, () => _offsets.push(null))
  return ids as ReturnType<typeof reserve<N>>
}

/** Writes them in one go: a letter has about a hundred. ASCII only. */
function writeObjects(pdf: Pdf, objects: readonly (readonly [id: number, text: string])[]): void {
  const file = internals(pdf)
  let text = ''
  for (const [id, body] of objects) {
    file._offsets[id - 1] = file._offset + text.length
    text += `${id} 0 obj
${body}
endobj
`
  }
  file._write(text)
}

/** A reference in a dictionary that pdfkit writes: it takes anything that is no plain object by its text. */
function refTo(id: number): unknown {
  return { [Symbol.toStringTag]: 'Reference', toString: () => `${id} 0 R` }
}

export type { PdfReference }
