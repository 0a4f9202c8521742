"""Documents in and out: spreadsheets of entries."""
