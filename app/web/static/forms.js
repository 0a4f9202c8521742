// Fields that name an entry get suggestions; a failed save is said. Without this file everything works as plain forms.
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

const words = document.documentElement.lang === 'en'
  ? { none: 'No match', short: 'Type at least two letters', hint: 'When results are available use the arrow keys to review and Enter to select.' }
  : { none: 'Không có mục nào khớp', short: 'Gõ ít nhất hai chữ', hint: 'Khi có gợi ý, dùng phím mũi tên để xem và Enter để chọn.' }

for (const box of document.querySelectorAll('.app-pick')) {
  const input = box.querySelector('input')
  const { id, name, value } = input
  const description = input.getAttribute('aria-describedby')
  box.replaceChildren()
  let waiting
  window.accessibleAutocomplete({
    element: box,
    id,
    name,
    defaultValue: value,
    minLength: 2,
    confirmOnBlur: false,
    displayMenu: 'overlay',
    showNoOptionsFound: true,
    tNoResults: () => words.none,
    tStatusQueryTooShort: () => words.short,
    tStatusNoResults: () => words.none,
    tStatusSelectedOption: (option, length, index) => `${option} (${index + 1}/${length})`,
    tStatusResults: (length, selected) => `${length} ${selected}`,
    tAssistiveHint: () => words.hint,
    source: (query, show) => {
      clearTimeout(waiting)
      waiting = setTimeout(async () => {
        const answer = await fetch(`/goi-y/${box.dataset.kind}?q=${encodeURIComponent(query)}`)
        show(answer.ok ? await answer.json() : [])
      }, 200)
    },
    onConfirm: () => box.dispatchEvent(new Event('input', { bubbles: true }))
  })
  const made = box.querySelector('input')
  if (made && description) made.setAttribute('aria-describedby', `${made.getAttribute('aria-describedby') || ''} ${description}`.trim())
}
