// Fields that name an entry get suggestions; a failed save is said. Without this file everything works as plain forms.
import { common, describe } from './autocomplete.js'

const form = document.querySelector('form[data-failed]')
const saved = document.getElementById('saved')

if (form && saved) {
  const turn = form.elements.namedItem('turn') // counts what was sent, so that a late save never wins over a later one
  form.addEventListener('submit', () => { turn.value = Number(turn.value) + 1 })
  form.addEventListener('htmx:configRequest', event => {
    if (event.target !== form) return
    turn.value = Number(turn.value) + 1
    event.detail.formData.set('turn', turn.value)
  })
  for (const event of ['htmx:responseError', 'htmx:sendError']) {
    form.addEventListener(event, () => { saved.textContent = form.dataset.failed })
  }
}

for (const box of document.querySelectorAll('.app-pick')) {
  const input = box.querySelector('input')
  const { id, name, value } = input
  const description = input.getAttribute('aria-describedby')
  box.replaceChildren()
  let waiting
  window.accessibleAutocomplete({
    ...common,
    element: box,
    id,
    name,
    defaultValue: value,
    showNoOptionsFound: true,
    source: (query, show) => {
      clearTimeout(waiting)
      waiting = setTimeout(async () => {
        const answer = await fetch(`/goi-y/${box.dataset.kind}?q=${encodeURIComponent(query)}`)
        show(answer.ok ? await answer.json() : [])
      }, 200)
    },
    onConfirm: () => box.dispatchEvent(new Event('input', { bubbles: true }))
  })
  describe(box.querySelector('input'), description)
}
