import { ErrorSummary, ServiceNavigation, createAll } from './vendor/govuk-frontend.min.js'

createAll(ServiceNavigation)
createAll(ErrorSummary)
