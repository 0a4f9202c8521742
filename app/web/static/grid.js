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
    go(cell, event.shiftKey ? -1 : 1)
  } else if (typed && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
    if (go(cell, event.key === 'ArrowDown' ? 1 : -1)) event.preventDefault()
  } else if (event.key === 'Escape' && typed) {
    cell.value = cell.defaultValue
  }
})

function put (cell, text) {
  if (cell.tagName === 'SELECT') {
    const wanted = text.trim().toLowerCase()
    const option = [...cell.options].find(each => each.value && (each.value === wanted || each.text.toLowerCase().startsWith(wanted)))
    if (option) cell.value = option.value
  } else {
    cell.value = text.trim()
  }
}

table.addEventListener('paste', event => {
  const text = event.clipboardData.getData('text/plain').replace(/\r?\n$/, '')
  if (!/[\t\n]/.test(text)) return
  event.preventDefault()
  const { found, row, column } = place(event.target)
  const lines = text.split(/\r?\n/)
  const over = lines.slice(found.length - row)
  lines.slice(0, found.length - row).forEach((line, down) => {
    line.split('\t').forEach((part, right) => {
      const cell = cells(found[row + down])[column + right]
      if (cell) put(cell, part)
    })
  })
  if (over.length) { // rows that the page has not: the server adds them
    const before = '\t'.repeat(column)
    const box = table.form ?? table.closest('form')
    box.querySelector('textarea[name$=".paste"]').value = over.map(line => before + line).join('\n')
    box.querySelector('button[value^="paste:"]').click()
  } else {
    event.target.dispatchEvent(new Event('input', { bubbles: true }))
  }
})
