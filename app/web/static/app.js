import { Button, ErrorSummary, FileUpload, ServiceNavigation, createAll } from './vendor/govuk-frontend.min.js'

createAll(Button) // a second click within a second sends nothing: a code is good for once
createAll(ServiceNavigation)
createAll(ErrorSummary)
createAll(FileUpload)

document.querySelector('form[data-resume], form[data-go-on]')?.submit() // what waited for a log-in, or goes on

// The end of a session is told before it comes, and one click goes on. Without this file what was typed is still kept.
const session = document.getElementById('session')

if (session) {
  const { warn, url, token, over, idle, limit } = session.dataset
  const left = () => Math.min(idle, limit - performance.now() / 1000) // whatever is done, it ends at the limit
  const [text, button] = session.children
  const before = text.textContent
  let timers = []
  const plan = left => {
    timers.forEach(clearTimeout)
    session.hidden = true
    button.hidden = false
    text.textContent = before
    timers = [
      setTimeout(() => { session.hidden = false }, Math.max(0, left - warn) * 1000),
      setTimeout(() => { text.textContent = over; button.hidden = true; session.hidden = false }, left * 1000)
    ]
  }
  button.addEventListener('click', async () => {
    const answer = await fetch(url, { method: 'POST', headers: { 'X-CSRFToken': token } })
    if (answer.ok) plan(Number(await answer.text()))
  })
  document.addEventListener('htmx:afterRequest', () => plan(left()))
  plan(left())
}
