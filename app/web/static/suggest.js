// Suggestions under the search box. Without this file the box is a plain form; Enter always sends what was typed. What suggestions need is fetched when the box is first used.
const escape = text => text.replace(/[&<>"']/g, letter => `&#${letter.charCodeAt(0)};`)
const vendor = new URL('vendor/', import.meta.url)

const fetched = (tag, more) => new Promise((resolve, reject) => {
  document.head.append(Object.assign(document.createElement(tag), { ...more, onload: resolve, onerror: reject }))
})

for (const box of document.querySelectorAll('.app-suggest')) {
  let composing = false // an input method is in the middle of a letter
  box.addEventListener('compositionstart', () => { composing = true })
  box.addEventListener('compositionend', () => { composing = false })
  box.addEventListener('focusin', async () => {
    const shared = await import('./autocomplete.js')
    await fetched('link', { rel: 'stylesheet', href: new URL('accessible-autocomplete.min.css', vendor).href })
    await fetched('script', { src: new URL('accessible-autocomplete.min.js', vendor).href })
    if (composing) box.addEventListener('compositionend', () => setTimeout(() => suggest(box, shared)), { once: true })
    else suggest(box, shared)
  }, { once: true })
}

function suggest (box, { common, describe, language }) {
  const input = box.querySelector('input')
  const { id, name, value, maxLength, form } = input
  const description = input.getAttribute('aria-describedby')
  const focused = document.activeElement === input
  const caret = [input.selectionStart, input.selectionEnd]
  let typed = value
  let waiting
  box.replaceChildren()
  window.accessibleAutocomplete({
    ...common,
    element: box,
    id,
    name,
    defaultValue: value,
    autoselect: false,
    displayMenu: window.matchMedia('(min-width: 40.0625em)').matches ? 'overlay' : 'inline', // on a phone the button lies below
    showNoOptionsFound: false,
    templates: {
      inputValue: one => one ? one.text : typed,
      suggestion: one => typeof one === 'string' ? escape(one) : `${escape(one.text)} <span class="app-meta">${escape(one.what)}</span>`
    },
    source: (query, show) => {
      typed = query
      clearTimeout(waiting)
      waiting = setTimeout(async () => {
        const answer = await fetch(`/goi-y?q=${encodeURIComponent(query)}&lang=${language}`).catch(() => null)
        const found = answer && answer.ok ? await answer.json() : []
        if (query === typed) show(found) // a slow answer to what is no longer asked is dropped
      }, 150)
    },
    onConfirm: one => { if (one && one.href) window.location.assign(one.href) }
  })
  const made = box.querySelector('input')
  made.maxLength = maxLength
  made.addEventListener('keydown', event => { // the component swallows Enter while suggestions are open
    if (event.key === 'Enter' && !box.querySelector('[aria-selected="true"]')) form.requestSubmit()
  }, true)
  describe(made, description)
  if (focused) {
    made.focus()
    made.setSelectionRange(...caret)
  }
}
