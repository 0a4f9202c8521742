// The grid as a spreadsheet: Enter and arrows move, several cells pasted on one spread. Without this file it is a plain form.
const table = document.querySelector('.dm-grid')
const rows = () => [...table.querySelectorAll('tbody tr')].filter(row => row.querySelector('td :is(input,select)'))
const cells = row => [...row.querySelectorAll('td :is(input,select)')]

function place (cell) {
  const found = rows()
  const row = found.findIndex(each => each.contains(cell))
  return { found, row, column: row < 0 ? -1 : cells(found[row]).indexOf(cell) }
}

function go (cell, down) {
  const { found, row, column } = place(cell)
  const next = found[row + down]
  if (next) cells(next)[column].focus()
  return Boolean(next)
}

table.addEventListener('keydown', event => {
  const cell = event.target
  const typed = cell.tagName === 'INPUT'
  if (event.key === 'Enter' && !event.isComposing) {
    event.preventDefault() // a form of one line would be sent
    if (!go(cell, event.shiftKey ? -1 : 1) && !event.shiftKey) form.querySelector('button[value^="more:"]').click()
  } else if (typed && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
    if (go(cell, event.key === 'ArrowDown' ? 1 : -1)) event.preventDefault()
  } else if (event.key === 'Escape' && typed) {
    cell.value = cell.defaultValue
  }
})

function put (cell, text) {
  if (cell.tagName === 'SELECT') {
    const wanted = text.trim().toLowerCase()
    const option = [...cell.options].find(each => each.value && (each.value === wanted || each.text.toLowerCase().includes(wanted)))
    if (option) cell.value = option.value
    else cell.add(new Option(text.trim(), text.trim(), true, true)) // the server says what is wrong with it
  } else {
    cell.value = text.trim()
  }
}

const form = table.closest('form')
const read = text => { // the server reads it as it reads what is pasted above: by headings, or in the order of the table
  form.querySelector('textarea[name$=".paste"]').value = text
  form.querySelector('button[value^="paste:"]').click()
}

table.addEventListener('paste', event => {
  const text = event.clipboardData.getData('text/plain').replace(/\r?\n$/, '')
  const lines = text.split(/\r?\n/).map(line => line.split('\t'))
  if (lines.length === 1 && lines[0].length === 1) return
  event.preventDefault()
  const { found, row, column } = place(event.target)
  const headings = [...table.querySelectorAll('thead th')].map(each => each.firstChild.textContent.trim().toLowerCase())
  const headed = lines[0].filter(part => headings.some(each => each && each.startsWith(part.trim().toLowerCase()) && part.trim())).length > 1
  const room = found.length - row
  if (headed || (lines.length > room && column === 0)) return read(text)
  lines.slice(0, room).forEach((parts, down) => {
    parts.forEach((part, right) => {
      const cell = cells(found[row + down])[column + right]
      if (cell) put(cell, part)
    })
  })
  if (lines.length > room) return read(lines.slice(room).map(parts => '\t'.repeat(column) + parts.join('\t')).join('\n'))
  event.target.dispatchEvent(new Event('input', { bubbles: true }))
})
