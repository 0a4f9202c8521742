"""The register itself: entries, their versions and the periods for which they hold. Only what was entered is here."""
