// What every box with suggestions says and does, for accessible-autocomplete.
const english = document.documentElement.lang === 'en'
export const language = english ? 'en' : 'vi'
const words = english
  ? { none: 'No match', short: 'Type at least two letters', hint: 'When results are available use the arrow keys to review and Enter to select.' }
  : { none: 'Không tìm thấy kết quả phù hợp', short: 'Gõ ít nhất hai chữ', hint: 'Khi có gợi ý, dùng phím mũi tên để xem và Enter để chọn.' }

export const common = {
  minLength: 2,
  confirmOnBlur: false,
  displayMenu: 'overlay',
  tNoResults: () => words.none,
  tStatusQueryTooShort: () => words.short,
  tStatusNoResults: () => words.none,
  tStatusSelectedOption: (option, length, index) => `${option} (${index + 1}/${length})`,
  tStatusResults: (length, selected) => `${length} ${selected}`,
  tAssistiveHint: () => words.hint
}

// The component describes its own box; what the form says of the field is kept beside that.
export function describe (made, description) {
  if (made && description) made.setAttribute('aria-describedby', `${made.getAttribute('aria-describedby') || ''} ${description}`.trim())
}
