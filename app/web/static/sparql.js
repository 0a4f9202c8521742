// Colours and brackets for the question; without this file the plain box does the same.
const box = document.getElementById('query')

if (window.CodeMirror) {
  const label = document.querySelector('label[for=query]')
  const editor = window.CodeMirror.fromTextArea(box, {
    mode: 'application/sparql-query',
    lineNumbers: true,
    lineWrapping: true,
    inputStyle: 'contenteditable',
    extraKeys: { Tab: false, 'Shift-Tab': false, 'Ctrl-Enter': () => box.form.requestSubmit() } // Tab leaves the box
  })
  const input = editor.getInputField()
  label.id = 'query-label'
  input.setAttribute('aria-labelledby', label.id)
  input.setAttribute('aria-describedby', 'query-hint')
  label.addEventListener('click', () => editor.focus())
}
